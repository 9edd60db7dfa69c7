/** The kernel, from disk. For tests under Node. */

import { readFileSync } from "node:fs";

export function kernelBytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL("../kernel/kernel.wasm", import.meta.url)));
}
