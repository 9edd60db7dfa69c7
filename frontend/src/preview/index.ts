/** Markdown as elements of the page. A chunk of its own: loaded when a preview is opened. */
export { FormulaQueue } from "./formula_queue";
export { Preview } from "./preview";
export { restAfter, SHARE_OF_TIME, slice } from "./slice";
export type { Colour, Formula, Words } from "./elements";

/** The code that makes formulas: a chunk of its own. */
export const loadFormulas = () => import("./formulas");
