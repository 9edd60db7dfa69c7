/** What is on the screen. */
export { App } from "./app";
export { LeftoverDialog } from "./leftover_dialog";
export { RefusedPad } from "./refused_pad";
