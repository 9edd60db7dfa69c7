/** What of the text area is loaded behind the editor, with the page around it. */
export { codeStyles, colour } from "./colour";
export { keepCaretInView } from "./kept_caret";
export { type Sides, watchSides } from "./sides";
