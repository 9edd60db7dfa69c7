/** The text area and what belongs to it. */
export { Editor, type EditorStrings } from "./editor";
export { hueClass } from "./hues";
export { knownLanguage, type Language, languages, PLAIN_TEXT } from "./languages";
