/** The screen. */
export { App } from "./app";
/** What stands in the place of a pad that there cannot be: a chunk of its own. */
export const loadRefusedPad = async () => (await import("./refused_pad")).RefusedPad;
