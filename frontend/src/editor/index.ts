/** The text area and what belongs to it. */
export { documentBytes } from "./document_bytes";
export { Editor, type EditorCommand, type EditorStrings, type TopLine } from "./editor";
export { hueClass } from "./hues";
/** The outline of a text: a chunk of its own. */
export const loadOutline = () => import("./outline");
export type { OutlineEntry } from "./outline";
/** What shows the history of a text: a chunk of its own. */
export const loadPastView = () => import("./past");
/** What is marked over the scroll bar: it comes with what draws it. */
export const loadScrollMarks = () => import("./scroll_marks");
export type { ScrollMarkSource } from "./scroll_marks";
export type { HeldPlace } from "./held_place";
/** A place in the text, for what comes later: a chunk of its own. */
export const loadHeldPlace = () => import("./held_place");
/** The text for paper: a chunk of its own. */
export const loadPrintedLines = () => import("./printed");
export type { Indentation } from "./indentation";
/** Tells which language a text is likely to be in: a chunk of its own. */
export const loadLikelyLanguage = () => import("./likely_language");
export { type Language, PLAIN_TEXT } from "./language";
export { extensionOf, isForeign, knownLanguage, languageName, languages, loadLanguages } from "./languages";
export { isProse } from "./prose";
