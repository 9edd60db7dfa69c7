/** The screen. */
export { App } from "./app";
export { RefusedPad } from "./refused_pad";
