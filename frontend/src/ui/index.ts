/** What is on the screen. */
export { App } from "./app";
