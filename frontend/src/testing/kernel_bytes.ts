/** The kernel, from disk. For tests under Node. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The bytes of kernel.wasm. Throws when it has not been built. */
export function kernelBytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(import.meta.dirname, "../kernel/kernel.wasm")));
}
