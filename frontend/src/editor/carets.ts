/**
 * The others' carets and selections, drawn in layers over and under the text:
 * the text's own DOM stays as it is, so input methods, ligatures and screen
 * readers never meet them.
 */

import { Annotation, EditorSelection, type EditorState, type Extension, StateEffect, StateField, type Text, type Transaction } from "@codemirror/state";
import { EditorView, layer, type LayerMarker, RectangleMarker } from "@codemirror/view";
import type { Person } from "../session";
import { hueClass } from "./hues";
import { CaretLabels } from "./caret_labels";

/** Offsets in UTF-16 units. */
export interface Carets {
  cursors: readonly number[];
  selections: readonly (readonly [number, number])[];
}

/** Tells of carets that moved, by user id; null: gone. */
export const setCarets = StateEffect.define<ReadonlyMap<number, Carets | null>>();
/** Whose text a transaction brings, with that of others perhaps. */
export const typists = Annotation.define<ReadonlySet<number>>();
/** Lights the carets of that user, with their name; null: nobody's. */
export const lightCarets = StateEffect.define<number | null>();
/** Tells of names and colours, whenever they change. */
export const setPeople = StateEffect.define<ReadonlyMap<number, Person>>();

interface Remote {
  carets: ReadonlyMap<number, Carets>;
  people: ReadonlyMap<number, Person>;
  /** The times at which each name is shown, on the clock of Date.now(). */
  shown: CaretLabels;
  /** Whose carets are lit; null: nobody's. */
  lit: number | null;
}

/** A pointer that is as near as this to a caret points at it. */
const POINTED_PX = 6;
/** No name is shown wider than this. */
const NAME_PX = 224;

const nobody: Remote = { carets: new Map(), people: new Map(), shown: new CaretLabels(), lit: null };

const remoteField = StateField.define<Remote>({
  create: () => nobody,
  update(remote, tr) {
    let { carets, people, shown, lit } = remote;
    if (tr.docChanged && carets.size > 0) carets = mapped(carets, tr);
    for (const effect of tr.effects) {
      if (effect.is(setPeople)) people = effect.value;
      if (effect.is(lightCarets)) lit = effect.value;
      if (!effect.is(setCarets)) continue;
      const { doc } = tr.state;
      carets = merged(carets, effect.value, doc.length);
      const lines = [...effect.value.keys()].map((id) => [id, lineOf(doc, carets.get(id))] as const);
      shown = shown.after(lines, Date.now());
    }
    const isSame = carets === remote.carets && people === remote.people && lit === remote.lit;
    return isSame ? remote : { carets, people, shown, lit };
  },
});

/** Draws the others; `people` are those who are known already. */
export function remoteCarets(people: ReadonlyMap<number, Person>): Extension {
  return [
    remoteField.init(() => ({ ...nobody, people })),
    layer({
      above: false,
      class: "remote-selections",
      update: (update) => update.docChanged || changed(update.startState, update.state),
      markers: selectionMarkers,
    }),
    layer({
      above: true,
      class: "remote-carets",
      update: (update) => update.docChanged || changed(update.startState, update.state),
      markers: caretMarkers,
    }),
    EditorView.domEventHandlers({
      mousemove: (event, view) => point(view, event),
      mouseleave: (event, view) => point(view, event),
    }),
  ];
}

/** The carets' own elements let the pointer through, to the text under them. */
function point(view: EditorView, { clientX, clientY, type }: MouseEvent): false {
  for (const dom of view.dom.querySelectorAll(".remote-caret")) {
    const { left, top, bottom } = dom.getBoundingClientRect();
    const isNear = Math.abs(clientX - left) <= POINTED_PX && clientY >= top && clientY <= bottom;
    dom.classList.toggle("pointed", isNear && type === "mousemove");
  }
  return false;
}

/** The people whom the editor knows. */
export function peopleIn(state: EditorState): ReadonlyMap<number, Person> {
  return state.field(remoteField).people;
}

/** The carets of the others, by user id. */
export function caretsIn(state: EditorState): ReadonlyMap<number, Carets> {
  return state.field(remoteField).carets;
}

/** The place of that person's caret; null when it is nowhere. */
export function caretOf(state: EditorState, id: number): number | null {
  const carets = state.field(remoteField).carets.get(id);
  return carets?.selections[0]?.[1] ?? carets?.cursors[0] ?? null;
}

function changed(before: EditorState, after: EditorState): boolean {
  return before.field(remoteField) !== after.field(remoteField);
}

function lineOf(doc: Text, carets: Carets | undefined): number | null {
  const at = carets?.selections[0]?.[1] ?? carets?.cursors[0];
  return at === undefined ? null : doc.lineAt(at).number;
}

/** Moves them as their owners' editors do: an insert at a caret pushes it to the right only where its owner made it, and one
 * at either end of a selection stays outside. */
function mapped(carets: ReadonlyMap<number, Carets>, tr: Transaction): Map<number, Carets> {
  const moved = new Map<number, Carets>();
  for (const [id, { cursors, selections }] of carets) {
    const isTypist = tr.annotation(typists)?.has(id);
    const map = (anchor: number, head: number): readonly [number, number] => {
      if (isTypist) return [tr.changes.mapPos(anchor, 1), tr.changes.mapPos(head, 1)];
      const { main } = EditorSelection.single(anchor, head).map(tr.changes);
      return [main.anchor, main.head];
    };
    // The head of a selection is among the cursors.
    const anchorOf = (at: number) => selections.find(([, head]) => head === at)?.[0] ?? at;
    moved.set(id, {
      cursors: cursors.map((at) => map(anchorOf(at), at)[1]),
      selections: selections.map(([anchor, head]) => map(anchor, head)),
    });
  }
  return moved;
}

function merged(
  carets: ReadonlyMap<number, Carets>,
  changes: ReadonlyMap<number, Carets | null>,
  length: number,
): Map<number, Carets> {
  const all = new Map(carets);
  const within = (at: number) => Math.min(at, length);
  for (const [id, change] of changes) {
    if (!change) all.delete(id);
    else
      all.set(id, {
        cursors: change.cursors.map(within),
        selections: change.selections.map(([anchor, head]) => [within(anchor), within(head)] as const),
      });
  }
  return all;
}

/* ---- drawing ---- */

function selectionMarkers(view: EditorView): LayerMarker[] {
  const { carets, people } = view.state.field(remoteField);
  const markers: LayerMarker[] = [];
  for (const [id, { selections }] of carets) {
    const person = people.get(id);
    if (!person) continue;
    for (const [anchor, head] of selections) {
      if (!isNear(view, Math.min(anchor, head), Math.max(anchor, head))) continue;
      const range = EditorSelection.range(anchor, head);
      const style = `remote-selection ${hueClass(person.hue)}`;
      markers.push(...RectangleMarker.forRange(view, style, range));
    }
  }
  return markers;
}

function caretMarkers(view: EditorView): LayerMarker[] {
  const { carets, people, shown, lit } = view.state.field(remoteField);
  const markers: LayerMarker[] = [];
  for (const [id, { cursors, selections }] of carets) {
    const person = people.get(id);
    if (!person) continue;
    const heads = new Set([...cursors, ...selections.map(([, head]) => head)]);
    for (const head of heads) {
      if (!isNear(view, head, head)) continue;
      const [at] = RectangleMarker.forRange(view, "", EditorSelection.cursor(head));
      if (at) markers.push(new CaretMarker(at, roomAt(view, at.left), person, shown.untilMs(id), id === lit));
    }
  }
  return markers;
}

/** The room for a name: on which side of the caret it hangs, and how wide it may be
 * there without leaving the text, since the line numbers would cover its start. */
interface Room {
  isAtEnd: boolean;
  widthPx: number;
}

/** The room behind the caret, unless that is too little and there is more before it. */
function roomAt({ scrollDOM, contentDOM }: EditorView, left: number): Room {
  const before = left - scrollDOM.scrollLeft - contentDOM.offsetLeft;
  const behind = scrollDOM.clientWidth - (left - scrollDOM.scrollLeft);
  const isAtEnd = behind < NAME_PX && behind < before;
  return { isAtEnd, widthPx: Math.min(NAME_PX, Math.floor(isAtEnd ? before : behind)) };
}

function isNear(view: EditorView, from: number, to: number): boolean {
  return from <= view.viewport.to && to >= view.viewport.from;
}

/** A caret with its owner's name, which is seen for a moment after a move and
 * while the caret is pointed at. */
class CaretMarker implements LayerMarker {
  constructor(
    private readonly at: RectangleMarker,
    private readonly room: Room,
    private readonly person: Person,
    private readonly shownUntilMs: number,
    private readonly isLit: boolean,
  ) {}

  eq(other: CaretMarker): boolean {
    return (
      this.at.eq(other.at) &&
      this.room.isAtEnd === other.room.isAtEnd &&
      this.room.widthPx === other.room.widthPx &&
      this.shownUntilMs === other.shownUntilMs &&
      this.isLit === other.isLit &&
      this.isOf(other)
    );
  }

  draw(): HTMLElement {
    const dom = document.createElement("div");
    const name = dom.appendChild(document.createElement("span"));
    name.className = "remote-name";
    name.textContent = this.person.name;
    dom.className = `remote-caret ${hueClass(this.person.hue)}`;
    this.place(dom);
    this.showName(dom);
    return dom;
  }

  update(dom: HTMLElement, previous: CaretMarker): boolean {
    if (!this.isOf(previous)) return false;
    this.place(dom);
    if (this.shownUntilMs !== previous.shownUntilMs) this.showName(dom);
    return true;
  }

  private isOf({ person }: CaretMarker): boolean {
    return this.person.id === person.id && this.person.name === person.name && this.person.hue === person.hue;
  }

  private place(dom: HTMLElement): void {
    const { left, top, height } = this.at;
    dom.style.left = `${left}px`;
    dom.style.top = `${top}px`;
    dom.style.height = `${height}px`;
    dom.classList.toggle("at-top", top < height);
    dom.classList.toggle("at-end", this.room.isAtEnd);
    dom.classList.toggle("lit", this.isLit);
    (dom.firstElementChild as HTMLElement).style.maxWidth = `${this.room.widthPx}px`;
  }

  private showName(dom: HTMLElement): void {
    const leftMs = this.shownUntilMs - Date.now();
    dom.classList.toggle("moved", leftMs > 0);
    clearTimeout(fading.get(dom));
    if (leftMs > 0) fading.set(dom, setTimeout(() => dom.classList.remove("moved"), leftMs));
  }
}

/** The timers that hide names again. */
const fading = new WeakMap<HTMLElement, ReturnType<typeof setTimeout>>();
