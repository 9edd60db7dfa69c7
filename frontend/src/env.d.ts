/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** The git commit the page was built from. */
  readonly VITE_SHA?: string;
}

/** A module as a string, a character for each byte: build/wasm_string.ts. */
declare module "*.wasm?string" {
  const bytes: string;
  export default bytes;
}
