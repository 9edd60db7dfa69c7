/** A text of before, to be read: with what was added to it and removed from it marked in the colour of whoever did it, or
 * as it was typed. */

import { undoDepth } from "@codemirror/commands";
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import type { Author, Mark, Played } from "../past";
import { changesBetween } from "../session";
import { hueClass } from "./hues";
import { TextToRead } from "./text_to_read";

/** More of what was removed in one place is not drawn. */
const REMOVED_UNITS_MOST = 1_000;
/** Where several people type in several places, one sees each for so long. */
const LOOKED_AT_MS = 600;

/** How many edits of the user there are to be undone. */
export function undoable({ state }: EditorView): number {
  return undoDepth(state);
}

/** What is known of an author; null: nothing. */
export type AuthorOf = (author: number | null) => Pick<Author, "hue" | "name"> | null;

export class PastView {
  readonly #view: EditorView;
  /** When the view went to where somebody typed. */
  #lookedAtMs = 0;
  /** True once the reader has looked elsewhere while it is played. */
  #isElsewhere = false;

  /** `label` is what the text is called; `uncoloured` is said of a line that has no colours. */
  constructor(parent: HTMLElement, label: string, language: string | null, uncoloured: string) {
    const shown = new TextToRead(label, language, uncoloured);
    const elsewhere = () => void (this.#isElsewhere = true);
    this.#view = new EditorView({
      parent,
      extensions: [
        shown.extension,
        marksField,
        caretsField,
        EditorView.domEventHandlers({ wheel: elsewhere, touchmove: elsewhere, keydown: elsewhere }),
      ],
    });
    shown.colour(this.#view);
  }

  /** Shows that text, with the first of its marks in view. */
  show(text: string, marks: readonly Mark[], authorOf: AuthorOf): void {
    const { state } = this.#view;
    const isSame = state.doc.toString() === text;
    const [first] = marks;
    this.#isElsewhere = false;
    this.#view.dispatch({
      ...(!isSame && { changes: { from: 0, to: state.doc.length, insert: text } }),
      effects: [
        setMarks.of(decorationsOf(marks, authorOf)),
        ...(isSame ? [] : [setCarets.of(Decoration.none)]),
        ...(first ? [EditorView.scrollIntoView(first.from, { y: "center" })] : []),
      ],
    });
  }

  /** The text that it shows has changed; the reader stays where they are. */
  renew(text: string, marks: readonly Mark[], authorOf: AuthorOf): void {
    const changes = changesBetween(this.#view.state.doc.toString(), text);
    this.#view.dispatch({ changes, effects: setMarks.of(decorationsOf(marks, authorOf)) });
  }

  /** Goes on with what was typed, and to where it was, unless the reader looks elsewhere. */
  play({ changes, carets, last }: Played, authorOf: AuthorOf, nowMs: number): void {
    const at = carets.find(({ author }) => author === last.author)?.at;
    const isLooking = at !== undefined && !this.#isElsewhere && nowMs - this.#lookedAtMs >= LOOKED_AT_MS;
    if (isLooking) this.#lookedAtMs = nowMs;
    const shown = carets.map((caret) => {
      const { name = null, hue = null } = authorOf(caret.author) ?? {};
      return Decoration.widget({ widget: new Caret(name ?? "", hue === null ? "" : hueClass(hue)), side: -1 }).range(caret.at);
    });
    this.#view.dispatch({
      changes: changes.map(({ from, to, insert }) => ({ from, to, insert })),
      effects: [
        setMarks.of(Decoration.none),
        setCarets.of(Decoration.set(shown, true)),
        ...(isLooking ? [EditorView.scrollIntoView(at, { y: "nearest", yMargin: 60 })] : []),
      ],
    });
  }

  destroy(): void {
    this.#view.destroy();
  }
}

const setMarks = StateEffect.define<DecorationSet>();
const setCarets = StateEffect.define<DecorationSet>();
const marksField = fieldOf(setMarks);
const caretsField = fieldOf(setCarets);

function fieldOf(set: typeof setMarks): StateField<DecorationSet> {
  return StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update(shown, { changes, effects }) {
      const next = effects.find((it) => it.is(set));
      return next ? (next.value as DecorationSet) : shown.map(changes);
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}

function decorationsOf(marks: readonly Mark[], authorOf: AuthorOf): DecorationSet {
  const ranges = marks.flatMap(({ from, to, removed, author }) => {
    const hue = authorOf(author)?.hue ?? null;
    const colour = hue === null ? "" : hueClass(hue);
    return [
      ...(removed ? [Decoration.widget({ widget: new Removed(removed, colour), side: -1 }).range(from)] : []),
      ...(to > from ? [Decoration.mark({ tagName: "ins", class: `past-added ${colour}` }).range(from, to)] : []),
    ];
  });
  return Decoration.set(ranges, true);
}

/** What is not in the text any more, where it was. */
class Removed extends WidgetType {
  constructor(
    private readonly text: string,
    private readonly colour: string,
  ) {
    super();
  }

  override eq({ text, colour }: Removed): boolean {
    return text === this.text && colour === this.colour;
  }

  toDOM(): HTMLElement {
    const dom = document.createElement("del");
    dom.className = `past-removed ${this.colour}`;
    const isCut = this.text.length > REMOVED_UNITS_MOST;
    dom.textContent = isCut ? `${this.text.slice(0, REMOVED_UNITS_MOST)}…` : this.text;
    return dom;
  }
}

/** Where somebody typed last. */
class Caret extends WidgetType {
  constructor(
    private readonly name: string,
    private readonly colour: string,
  ) {
    super();
  }

  override eq({ name, colour }: Caret): boolean {
    return name === this.name && colour === this.colour;
  }

  toDOM(): HTMLElement {
    const dom = document.createElement("span");
    dom.className = `past-caret ${this.colour}`;
    dom.ariaHidden = "true";
    const name = dom.appendChild(document.createElement("span"));
    name.textContent = this.name;
    return dom;
  }
}
