/** The copy of the document in this tab, as a pure state machine. Everything
 * a test needs to drive it, the kernel's initialisation included. */
export { Sync } from "./sync";
export { changesBetween, operationBetween } from "./diff";
export type { Offered } from "./offer";
export type { Edit, EditDetails, Entry, Refusal, SavedState, Welcome, Witness } from "./types";
export type { Span } from "./unshown";
// The name that tests/chaos/tab.ts has for it.
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
