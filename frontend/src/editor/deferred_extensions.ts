/** What makes editing pleasant and is not needed to read or type the first
 * letter: loaded after the page is up. */

import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { gotoLine, highlightSelectionMatches, openSearchPanel, searchKeymap } from "@codemirror/search";
import type { Extension } from "@codemirror/state";
import { keymap } from "@codemirror/view";

export const deferred: Extension = [
  closeBrackets(),
  autocompletion({ activateOnTyping: false }), // with its keys
  highlightSelectionMatches(),
  // Not on a Mac, where that types a letter: there it is Cmd-Alt-g alone.
  keymap.of([{ linux: "Alt-g", win: "Alt-g", run: gotoLine }]),
  keymap.of([...closeBracketsKeymap, ...searchKeymap]),
];

export const dialogs = { find: openSearchPanel, goToLine: gotoLine };
