/** The text area and what belongs to it. */
export { Editor, type EditorStrings } from "./editor";
export { hueClass } from "./hues";
export {
  extensionOf,
  knownLanguage,
  type Language,
  languageOfFile,
  languages,
  PLAIN_TEXT,
} from "./languages";
