/**
 * Pieces of the text that people have commented on: underlined, with a dot beside the line where each begins. Put into an
 * editor once there are comments; it is not in the editor's folder, so that the page without comments has no trace of it.
 *
 * Whoever knows the places gives them with showCommentMarks(). Between two calls they move with the changes of the text.
 */

import { type EditorState, type Extension, type Facet, RangeSetBuilder, StateEffect, StateField } from "@codemirror/state";
import { type BlockInfo, Decoration, type DecorationSet, EditorView, gutter, GutterMarker, type ViewUpdate } from "@codemirror/view";
import type { ScrollMarkSource } from "../../editor";
import "./marks_in_text.css";

/** A piece of the text by its thread, in UTF-16 units. */
export interface CommentMark {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** What happens to the marks. */
export interface CommentMarkEvents {
  /** The caret stands in that piece now, or the pointer; null: in none. */
  onEntered(id: string | null): void;
  /** Somebody has pressed the dot of that piece. */
  onPressed(id: string): void;
}

/** What a comment that is being written is about; null: there is none. */
type Draft = { readonly from: number; readonly to: number } | null;

const showEffect = StateEffect.define<readonly CommentMark[]>();
const lightEffect = StateEffect.define<string | null>();
const draftEffect = StateEffect.define<Draft>();

/** Puts the marks into the editor. */
export function putCommentMarks(view: EditorView, events: CommentMarkEvents): void {
  view.dispatch({ effects: StateEffect.appendConfig.of(extension(events)) });
}

/** Has them over the scroll bar as well, each where it begins, by the facet for what is marked there. */
export function markInScrollBar(view: EditorView, scrollMarks: Facet<ScrollMarkSource>): void {
  const places: ScrollMarkSource = (state) => commentMarksIn(state).map(({ from }) => ({ from, kind: "comment" }));
  view.dispatch({ effects: StateEffect.appendConfig.of(scrollMarks.of(places)) });
}

/** Shows these. */
export function showCommentMarks(view: EditorView, marks: readonly CommentMark[]): void {
  if (!isShown(view.state, marks)) view.dispatch({ effects: showEffect.of(marks) });
}

/** Lights that one; null: none. */
export function lightCommentMark(view: EditorView, id: string | null): void {
  if (view.state.field(litField) !== id) view.dispatch({ effects: lightEffect.of(id) });
}

/** Marks what a comment that is being written is about; null: nothing. */
export function markDraft(view: EditorView, draft: Draft): void {
  view.dispatch({ effects: draftEffect.of(draft) });
}

/** Where that is now; null: that text is gone. */
export function draftIn(state: EditorState): Draft {
  const draft = state.field(draftField);
  return draft && draft.from < draft.to ? draft : null;
}

/** All marks where they are now, in the order of the text. */
export function commentMarksIn(state: EditorState): CommentMark[] {
  const marks: CommentMark[] = [];
  for (const it = state.field(marksField).iter(); it.value; it.next()) marks.push({ id: idOf(it.value), from: it.from, to: it.to });
  return marks;
}

/** Brings that piece into view, with the caret where it begins, and gives the text the keyboard. */
export function goToMark(view: EditorView, { from }: { from: number }): void {
  view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
  view.focus();
}

/** What somebody means who comments now: the selection, or else the word at the caret, or else its line; null: there is
 * nothing there. */
export function pieceToComment(state: EditorState): Draft {
  const { main } = state.selection;
  if (!main.empty) return { from: main.from, to: main.to };
  const word = state.wordAt(main.head);
  if (word) return { from: word.from, to: word.to };
  const { from, text } = state.doc.lineAt(main.head);
  const [lead = ""] = /^\s*/.exec(text) ?? [];
  const end = text.trimEnd().length;
  return lead.length < end ? { from: from + lead.length, to: from + end } : null;
}

/* ---- what is kept of them ---- */

const marksField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { changes, effects, newDoc }) {
    let next = marks.map(changes);
    for (const effect of effects) if (effect.is(showEffect)) next = marksOf(effect.value, newDoc.length);
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const litField = StateField.define<string | null>({
  create: () => null,
  update: (lit, { effects }) => effects.reduce((now, it) => (it.is(lightEffect) ? it.value : now), lit),
});

const draftField = StateField.define<Draft>({
  create: () => null,
  update(draft, { changes, effects }) {
    const moved = draft && { from: changes.mapPos(draft.from, 1), to: changes.mapPos(draft.to, -1) };
    return effects.reduce<Draft>((now, it) => (it.is(draftEffect) ? it.value : now), moved);
  },
});

const LIT = Decoration.mark({ class: "comment-lit" });
const DRAFTED = Decoration.mark({ class: "comment-drafted" });

/** Beside those of the field, since they change alone. */
const others = EditorView.decorations.compute([marksField, litField, draftField], (state) => {
  const lit = state.field(litField);
  const draft = draftIn(state);
  const ranges = commentMarksIn(state).filter(({ id }) => id === lit).map(({ from, to }) => LIT.range(from, to));
  return Decoration.set(draft ? [...ranges, DRAFTED.range(draft.from, draft.to)] : ranges, true);
});

function marksOf(marks: readonly CommentMark[], length: number): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const placed = marks.filter(({ from, to }) => from < to && to <= length);
  for (const { id, from, to } of placed.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    builder.add(from, to, Decoration.mark({ class: "comment-mark", attributes: { "data-thread": id }, id }));
  }
  return builder.finish();
}

function idOf({ spec }: Decoration): string {
  return (spec as { id: string }).id;
}

function isShown(state: EditorState, marks: readonly CommentMark[]): boolean {
  const shown = commentMarksIn(state);
  if (shown.length !== marks.length) return false;
  const byId = new Map(shown.map((it) => [it.id, it]));
  return marks.every(({ id, from, to }) => byId.get(id)?.from === from && byId.get(id)?.to === to);
}

/** The smallest of those around that place; null: there is none. */
function around(state: EditorState, at: number): string | null {
  let best: CommentMark | null = null;
  state.field(marksField).between(at, at, (from, to, mark) => {
    if (!best || to - from < best.to - best.from) best = { id: idOf(mark), from, to };
  });
  return (best as CommentMark | null)?.id ?? null;
}

/* ---- the dots ---- */

class Dot extends GutterMarker {
  constructor(private readonly isLit: boolean) {
    super();
  }

  override eq(other: Dot): boolean {
    return other.isLit === this.isLit;
  }

  override toDOM(): Node {
    const dot = document.createElement("div");
    dot.className = this.isLit ? "comment-dot lit" : "comment-dot";
    return dot;
  }
}

const DOT = new Dot(false);
const LIT_DOT = new Dot(true);

/** Those that begin in that line. */
function begunIn({ state }: EditorView, { from, to }: BlockInfo): string[] {
  const ids: string[] = [];
  state.field(marksField).between(from, to, (start, _, mark) => {
    if (start >= from && start <= to) ids.push(idOf(mark));
  });
  return ids;
}

function dots({ onPressed }: CommentMarkEvents): Extension {
  return gutter({
    class: "comment-dots",
    lineMarker(view, line) {
      const ids = begunIn(view, line);
      if (ids.length === 0) return null;
      return ids.includes(view.state.field(litField) ?? "") ? LIT_DOT : DOT;
    },
    lineMarkerChange: ({ startState, state }: ViewUpdate) =>
      startState.field(marksField) !== state.field(marksField) || startState.field(litField) !== state.field(litField),
    domEventHandlers: {
      mousedown(view, line, event) {
        const ids = begunIn(view, line);
        if (ids.length === 0) return false;
        event.preventDefault();
        // Where several begin in one line, each press is for the next of them.
        const next = (ids.indexOf(view.state.field(litField) ?? "") + 1) % ids.length;
        onPressed(ids[next]!);
        return true;
      },
    },
  });
}

/* ---- all of it ---- */

function extension(events: CommentMarkEvents): Extension {
  const pointed = (event: MouseEvent) => (event.target as Element).closest?.("[data-thread]")?.getAttribute("data-thread") ?? null;
  return [
    marksField,
    litField,
    draftField,
    others,
    dots(events),
    EditorView.updateListener.of(({ state, startState, selectionSet }) => {
      if (!selectionSet) return;
      const [now, before] = [state, startState].map((it) => around(it, it.selection.main.head));
      if (now !== before) events.onEntered(now!);
    }),
    EditorView.domEventHandlers({
      mouseover: (event) => {
        const id = pointed(event);
        if (id !== null) events.onEntered(id);
      },
      mouseout: (event, view) => {
        if (pointed(event) !== null) events.onEntered(around(view.state, view.state.selection.main.head));
      },
    }),
  ];
}
