/** The looks of what comes with a command: panels, matches, lists. The rest is in theme.ts. */

import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/** For the editor's configuration, with the extensions that need it. */
export const panelAppearance: Extension = EditorView.theme({
  ".cm-panels": { backgroundColor: "var(--panel)", color: "var(--ink)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--edge)" },
  ".cm-textfield": {
    backgroundColor: "var(--paper)",
    color: "var(--ink)",
    border: "1px solid var(--control-edge)",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--paper)",
    color: "var(--ink)",
    border: "1px solid var(--control-edge)",
  },
  ".cm-searchMatch": { backgroundColor: "var(--match)", outline: "1px solid var(--faint)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--selection)" },
  ".cm-tooltip": {
    backgroundColor: "var(--panel)",
    color: "var(--ink)",
    border: "1px solid var(--edge)",
  },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--on-accent)",
  },
});
