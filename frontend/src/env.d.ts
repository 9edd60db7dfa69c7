/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** The git commit the page was built from. */
  readonly VITE_SHA?: string;
}

declare module "*.wasm?url&inline" {
  const dataUrl: string;
  export default dataUrl;
}
