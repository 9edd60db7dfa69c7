/** What is on the screen. */
export { App } from "./app";
export { LeftoverDialog } from "./leftover_dialog";
