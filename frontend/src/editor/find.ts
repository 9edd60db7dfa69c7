/** Finding and replacing in the text: the panel, its keys, and what buttons do. */

import { closeSearchPanel, openSearchPanel, search, SearchQuery, getSearchQuery, searchPanelOpen, setSearchQuery } from "@codemirror/search";
import type { Extension } from "@codemirror/state";
import { type Command, type EditorView, keymap, type Panel } from "@codemirror/view";
import { FindPanel, type FindWords } from "./find_panel";
import { findMatches } from "./matches";
import { searchedPart, setSearchedPart } from "./searched_part";

/** CodeMirror's own keys for it come behind this. */
export function find(words: FindWords): Extension {
  const createPanel = (view: EditorView): Panel => {
    const panel = new FindPanel(view, words, closeFind);
    panels.set(view, panel);
    return panel;
  };
  return [search({ createPanel }), searchedPart, findMatches(), keys];
}

/** The panels by their views, the open ones and such as were closed. */
const panels = new WeakMap<EditorView, FindPanel>();

/** Opens the search at what takes the place of what is found. */
export const openReplace: Command = (view) => {
  openSearchPanel(view);
  return panels.get(view)?.goToReplacement() ?? false;
};

/** Closes the search, and it is for the whole text again. */
const closeFind: Command = (view) => {
  if (!searchPanelOpen(view.state)) return false;
  const { search: sought, replace, caseSensitive, wholeWord, regexp } = getSearchQuery(view.state);
  const query = new SearchQuery({ search: sought, replace, caseSensitive, wholeWord, regexp });
  view.dispatch({ effects: [setSearchedPart.of(null), setSearchQuery.of(query)] });
  return closeSearchPanel(view);
};

/** Ctrl+H replaces, as elsewhere; on a Mac that deletes a letter. */
const keys = keymap.of([
  { win: "Ctrl-h", linux: "Ctrl-h", mac: "Mod-Alt-f", run: openReplace, scope: "editor search-panel", preventDefault: true },
  { key: "Escape", run: closeFind, scope: "editor search-panel" },
]);
