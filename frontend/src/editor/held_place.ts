/** A place in the text that is held while others, and the user, go on typing: for what comes later. A chunk of its own. */

import { StateEffect } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

export interface HeldPlace {
  /** Puts the text there, as an edit of the user, whose caret stays where it is, or behind the text where it was at the
   * place. The place is behind the text then. */
  insert(text: string): void;
  /** It is not needed any more. */
  release(): void;
}

interface Place {
  at: number;
}
/** Those of each editor. */
const held = new WeakMap<EditorView, Set<Place>>();

/** Holds that place, or the end of the selection. */
export function holdPlace(view: EditorView, at = view.state.selection.main.to): HeldPlace {
  const places = placesOf(view);
  const place: Place = { at };
  places.add(place);
  return {
    insert(text) {
      const from = place.at;
      const { main } = view.state.selection;
      const isCaretThere = main.empty && main.head === from;
      view.dispatch({
        changes: { from, insert: text },
        ...(isCaretThere && { selection: { anchor: from + text.length } }),
        userEvent: "input.paste",
      });
    },
    release: () => void places.delete(place),
  };
}

function placesOf(view: EditorView): Set<Place> {
  const known = held.get(view);
  if (known) return known;
  const places = new Set<Place>();
  held.set(view, places);
  const moved = EditorView.updateListener.of(({ changes, docChanged }) => {
    if (docChanged) for (const place of places) place.at = changes.mapPos(place.at, 1);
  });
  view.dispatch({ effects: StateEffect.appendConfig.of(moved) });
  return places;
}
