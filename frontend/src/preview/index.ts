/** Markdown as elements of the page. A chunk of its own: loaded when a preview is opened. */
export { Preview } from "./preview";
export type { Colour, Words } from "./elements";
export { slice } from "./slice";
