/** The part of the text that a search is limited to. */

import { type EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";

interface Part {
  readonly from: number;
  readonly to: number;
}

/** null: the search is for the whole text. */
export const setSearchedPart = StateEffect.define<Part | null>();

const part = StateField.define<Part | null>({
  create: () => null,
  update(value, tr) {
    for (const effect of tr.effects) if (effect.is(setSearchedPart)) return effect.value;
    return value && tr.docChanged ? { from: tr.changes.mapPos(value.from, -1), to: tr.changes.mapPos(value.to, 1) } : value;
  },
  provide: (field) =>
    EditorView.decorations.from(field, (value) => (value && value.from < value.to ? Decoration.set(mark.range(value.from, value.to)) : Decoration.none)),
});

const mark = Decoration.mark({ class: "searched-part" });

/** Shows it, and moves it with the text. */
export const searchedPart: Extension = part;

/** For the query of a search: true for what is in that part. */
export function isInSearchedPart(_match: unknown, state: EditorState, from: number, to: number): boolean {
  const value = state.field(part, false);
  return !value || (value.from <= from && to <= value.to);
}
