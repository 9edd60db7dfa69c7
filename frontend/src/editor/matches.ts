/** Where the matches of a search are, found in slices of time while the search is open: in a long text a letter is found
 * everywhere. */

import { getSearchQuery, searchPanelOpen, setSearchQuery } from "@codemirror/search";
import { type EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import { type EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { type ScrollMark, scrollMarks } from "./scroll_marks";
import { setSearchedPart } from "./searched_part";

/** Matches are looked for as far as that. */
const MOST = 10_000;
const SLICE_MS = 8;
/** The text may be typed on while it is searched. */
const AFTER_MS = 150;

interface Match {
  readonly from: number;
  readonly to: number;
}

/** What is known of the matches. */
export interface Matches {
  /** In the order of the text, as it was when they were looked for. */
  readonly list: readonly Match[];
  /** False: there are more. */
  readonly isAll: boolean;
}

const NONE: Matches = { list: [], isAll: true };

const setMatches = StateEffect.define<Matches | null>();

const matches = StateField.define<Matches | null>({
  create: () => null,
  update(value, tr) {
    for (const effect of tr.effects) if (effect.is(setMatches)) return effect.value;
    return value;
  },
});

/** Those of the open search; null: there is none, or they were not looked for yet. */
export function matchesIn(state: EditorState): Matches | null {
  return state.field(matches, false) ?? null;
}

/** Which of them is selected, counted from 1; 0: none is. */
export function selectedMatch(state: EditorState, { list }: Matches): number {
  const { from, to } = state.selection.main;
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.from < from) low = middle + 1;
    else high = middle;
  }
  const at = list[low];
  return at?.from === from && at.to === to ? low + 1 : 0;
}

/** Marks them over the scroll bar, and the selected one before the others. */
function marksOf(state: EditorState): readonly ScrollMark[] {
  const found = matchesIn(state);
  if (!found) return [];
  const marks: ScrollMark[] = found.list.map(({ from, to }) => ({ from, to, kind: "match" }));
  const at = selectedMatch(state, found);
  return at > 0 ? [...marks, { ...found.list[at - 1]!, kind: "current" }] : marks;
}

/** Looks for them while the search is open. */
export function findMatches(): Extension {
  return [matches, scrollMarks.of(marksOf), ViewPlugin.define((view) => new Search(view))];
}

class Search {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly view: EditorView) {}

  update({ docChanged, transactions, startState, state }: ViewUpdate): void {
    const isOpen = searchPanelOpen(state);
    const isOther = transactions.some(({ effects }) => effects.some((effect) => effect.is(setSearchQuery) || effect.is(setSearchedPart)));
    if (isOpen === searchPanelOpen(startState) && !(isOpen && (docChanged || isOther))) return;
    this.destroy();
    this.#timer = setTimeout(() => this.#begin(), isOpen ? AFTER_MS : 0);
  }

  destroy(): void {
    clearTimeout(this.#timer);
  }

  #begin(): void {
    const { state } = this.view;
    const query = getSearchQuery(state);
    if (!searchPanelOpen(state) || !query.valid) return this.#found(searchPanelOpen(state) ? NONE : null);
    this.#goOn(query.getCursor(state), []);
  }

  /** The next slice; after a change that concerns it another search is begun in its place. */
  #goOn(cursor: Iterator<Match>, list: Match[]): void {
    const untilMs = performance.now() + SLICE_MS;
    for (;;) {
      const { value, done } = cursor.next();
      if (done) return this.#found({ list, isAll: true });
      list.push({ from: value.from, to: value.to });
      if (list.length === MOST) return this.#found({ list, isAll: false });
      if (performance.now() < untilMs) continue;
      this.#timer = setTimeout(() => this.#goOn(cursor, list));
      return;
    }
  }

  #found(found: Matches | null): void {
    this.view.dispatch({ effects: setMatches.of(found) });
  }
}
