/** The copy of the document in this tab, as a pure state machine. Everything
 * a test needs to drive it, the kernel's initialisation included. */
export { Sync } from "./sync";
export type { Edit, Entry, Kept, Refusal, Welcome } from "./types";
export {
  type Change,
  cleanText,
  type Components,
  initKernel,
  isClean,
  kernelHeapBytes,
  Operation,
  Rope,
} from "../kernel";
