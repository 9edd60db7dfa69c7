/** The text area and what belongs to it. */
export { Editor, type EditorStrings } from "./editor";
export { hueClass } from "./hues";
export {
  extensionOf,
  knownLanguage,
  type Language,
  languageName,
  languageOfFile,
  languages,
  PLAIN_TEXT,
} from "./languages";
