/** Extensions that make editing pleasant and are not needed to read or type the first
 * letter: loaded after the page is up. */

import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { gotoLine, highlightSelectionMatches, openSearchPanel, searchKeymap } from "@codemirror/search";
import type { Extension } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import { replaceKeys, type SearchWords, showSearchState } from "./search_state";
import "./panels.css";

/** All of them. */
export const deferred = (words: SearchWords): Extension => [
  closeBrackets(),
  autocompletion({ activateOnTyping: false }), // with its keys
  highlightSelectionMatches(),
  showSearchState(words),
  replaceKeys,
  // A Mac is left out, since Alt-g types a letter there: it has Cmd-Alt-g alone.
  keymap.of([{ linux: "Alt-g", win: "Alt-g", run: gotoLine }]),
  keymap.of([...closeBracketsKeymap, ...searchKeymap]),
];

export { helpIn } from "./writing";

/** Commands of theirs that buttons have, too. */
export const dialogs = { find: openSearchPanel, goToLine: gotoLine };
