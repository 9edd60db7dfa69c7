/** The editor's looks. Every colour is a variable of the page's style sheet, which
 * knows light and dark. */

import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/** All but the colours of code, for the editor's configuration. */
export const appearance: Extension = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--paper)", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", fontSize: "max(var(--chosen-size, 14px), var(--least-size, 0px))", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--ink)", padding: "12px 0 40vh" },
  // Lines of ninety characters are read most easily: in a wide window they are a column in its middle.
  "&.measured .cm-content": { maxWidth: "calc(90ch + 16px)", marginInlineEnd: "auto" },
  "&.measured .cm-gutters": { marginInlineStart: "auto" },
  // On both sides, since lines run both ways, and a caret at the very edge is not seen.
  ".cm-line": { padding: "0 8px" },
  "&.cm-focused > .cm-scroller > .cm-cursorLayer .cm-cursor, .cm-dropCursor": {
    borderLeftColor: "var(--ink)",
    borderLeftWidth: "2px",
  },
  // blinking.ts has them blink.
  ".cm-cursorLayer": { animation: "none !important" },
  // Who only reads has no caret, and so no line where it stands.
  "&.reader .cm-cursorLayer, &.reader .cm-vimCursorLayer": { display: "none" },
  "&.reader :is(.cm-activeLine, .cm-activeLineGutter)": { backgroundColor: "transparent", color: "inherit" },
  ".cm-gutters": { backgroundColor: "var(--paper)", color: "var(--faint)", border: "none" },
  // Room for two digits, so that the tenth line moves nothing, and most texts come without moving anything.
  ".cm-lineNumbers > .cm-gutterElement": { minWidth: "calc(2ch + 8px)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--line)", color: "var(--ink)" },
  ".cm-activeLine": { backgroundColor: "var(--line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--match)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--match)",
    outline: "1px solid var(--faint)",
  },
  ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": { color: "var(--danger)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--line)", border: "none", color: "var(--soft)" },
  ".cm-specialChar": { color: "var(--danger)" },
  ".cm-placeholder": { color: "var(--soft)" },
});
