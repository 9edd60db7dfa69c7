/** Says in the search panel how many matches there are and which one is selected, that there is none, or what is wrong with
 * the pattern. */

import { getSearchQuery, openSearchPanel, type SearchQuery, setSearchQuery } from "@codemirror/search";
import type { EditorState, Extension } from "@codemirror/state";
import { type Command, type EditorView, keymap, ViewPlugin, type ViewUpdate } from "@codemirror/view";

/** Matches are counted as far as that: in a long text a letter is found everywhere. */
const COUNTED_MOST = 10_000;
const LONGEST_MS = 30;
/** The text may be typed on while it is searched. */
const COUNTED_AFTER_MS = 150;

/** The words for it. */
export interface SearchWords {
  /** `at` is 0 when none of them is selected; `isAll` is false when there are more. */
  matches: (at: number, count: number, isAll: boolean) => string;
  none: string;
  bad: (why: string) => string;
}

/** The sentence about a search; "" when nothing is sought. */
export function searchState(state: EditorState, query: SearchQuery, words: SearchWords): string {
  if (query.search === "") return "";
  if (!query.valid) return words.bad(faultOf(query.search));
  const { from, to } = state.selection.main;
  const untilMs = performance.now() + LONGEST_MS;
  const cursor = query.getCursor(state);
  let [count, at] = [0, 0];
  for (let next = cursor.next(); !next.done; next = cursor.next()) {
    count += 1;
    if (next.value.from === from && next.value.to === to) at = count;
    if (count === COUNTED_MOST || performance.now() > untilMs) return words.matches(at, count, false);
  }
  return count === 0 ? words.none : words.matches(at, count, true);
}

/** What the browser says of the pattern, without the pattern itself. */
function faultOf(pattern: string): string {
  try {
    return String(new RegExp(pattern, "u"));
  } catch (error) {
    return (error as Error).message.replace(/^.*\/[a-z]*: /su, "");
  }
}

/** Shows it in CodeMirror's own panel, and speaks it. */
export function showSearchState(words: SearchWords): Extension {
  return ViewPlugin.define((view) => new SearchState(view, words));
}

class SearchState {
  readonly #output = document.createElement("output");
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly view: EditorView,
    private readonly words: SearchWords,
  ) {
    this.#output.className = "search-state";
  }

  update({ docChanged, selectionSet, transactions }: ViewUpdate): void {
    const isAsked = transactions.some((tr) => tr.effects.some((effect) => effect.is(setSearchQuery)));
    const panel = this.view.dom.querySelector(".cm-search");
    if (!panel) return;
    const isNew = this.#output.parentElement !== panel;
    if (isNew) panel.querySelector("[name=search]")!.after(this.#output);
    if (isAsked || isNew || docChanged || selectionSet) this.#plan();
  }

  destroy(): void {
    clearTimeout(this.#timer);
  }

  #plan(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const { state } = this.view;
      this.#output.textContent = searchState(state, getSearchQuery(state), this.words);
    }, COUNTED_AFTER_MS);
  }
}

/** Opens the search at what takes the place of what is found. */
export const openReplace: Command = (view) => {
  openSearchPanel(view);
  const field = view.dom.querySelector<HTMLInputElement>(".cm-search [name=replace]");
  field?.select();
  return field !== null;
};

/** Ctrl+H, as elsewhere; on a Mac that deletes a letter. */
export const replaceKeys = keymap.of([{ win: "Ctrl-h", linux: "Ctrl-h", mac: "Mod-Alt-f", run: openReplace, scope: "editor search-panel", preventDefault: true }]);
