/**
 * Puts a WebAssembly module into the code as a string, a character for each
 * byte: the page does without another request, and compressed it is a quarter
 * smaller than in base 64. `import code from "./x.wasm?string"`.
 */

import { readFile } from "node:fs/promises";
import type { Plugin } from "vite";

export function wasmAsString(): Plugin {
  return {
    name: "kolabpad-wasm-string",
    enforce: "pre",
    load: {
      filter: { id: /\.wasm\?string$/ },
      async handler(id) {
        const path = id.slice(0, id.lastIndexOf("?"));
        this.addWatchFile(path);
        return { code: `export default ${JSON.stringify(await readFile(path, "latin1"))};`, moduleType: "js", map: null };
      },
    },
  };
}
