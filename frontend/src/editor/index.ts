/** The text area and what belongs to it. */
export { colour } from "./colour";
export { Editor, type EditorStrings } from "./editor";
export { hueClass } from "./hues";
export {
  extensionOf,
  isForeign,
  knownLanguage,
  type Language,
  languageName,
  languageOfFile,
  languages,
  PLAIN_TEXT,
} from "./languages";
