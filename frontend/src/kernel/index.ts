/** The kernel: operations and ropes, the server's own C in the browser. */
export { initKernel, kernelHeapBytes, KernelError } from "./kernel";
export { composeAll, InsertOrder, Operation, type Component, type Components } from "./operation";
export { Rope } from "./rope";
export { changesOf, operationOf, type Change } from "./change";
export { cleanText, isClean } from "./text";
