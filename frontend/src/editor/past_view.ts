/** A text of before, to be read: with what was added to it and removed from it marked in the colour of whoever did it. */

import { undoDepth } from "@codemirror/commands";
import { EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, highlightSpecialChars, lineNumbers, WidgetType } from "@codemirror/view";
import { loadChunk, settings } from "../browser";
import type { Mark } from "../past";
import { boundFloods, fewInvisible } from "./floods";
import { hueClass } from "./hues";
import { loadLanguages } from "./languages";
import { LazyCompartment } from "./lazy_compartment";
import { appearance } from "./theme";

/** More of what was removed in one place is not drawn. */
const REMOVED_UNITS_MOST = 1_000;

/** How many edits of the user there are to be undone. */
export function undoable({ state }: EditorView): number {
  return undoDepth(state);
}

/** The hue of an author; null: nobody knows it. */
export type ColourOf = (author: number | null) => number | null;

export class PastView {
  readonly #view: EditorView;
  readonly #language = new LazyCompartment();

  /** `label` is what the text is called; `uncoloured` is said of a line that has no colours. */
  constructor(
    parent: HTMLElement,
    label: string,
    language: string | null,
    private readonly uncoloured: string,
  ) {
    this.#view = new EditorView({
      parent,
      extensions: [
        lineNumbers(),
        highlightSpecialChars({ specialChars: fewInvisible }),
        boundFloods(),
        settings.peek().wrap ? EditorView.lineWrapping : [],
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.perLineTextDirection.of(true),
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        marksField,
        appearance,
        this.#language.extension,
      ],
    });
    if (language) void this.#language.want(this.#view, language, () => this.#loadColours(language));
  }

  /** Shows that text, with the first of its marks in view. */
  show(text: string, marks: readonly Mark[], colourOf: ColourOf): void {
    const { state } = this.#view;
    const isSame = state.doc.toString() === text;
    const [first] = marks;
    this.#view.dispatch({
      ...(!isSame && { changes: { from: 0, to: state.doc.length, insert: text } }),
      effects: [
        setMarks.of(decorationsOf(marks, colourOf)),
        ...(first ? [EditorView.scrollIntoView(first.from, { y: "center" })] : []),
      ],
    });
  }

  destroy(): void {
    this.#view.destroy();
  }

  async #loadColours(id: string): Promise<Extension> {
    const load = async () => (await loadLanguages())?.loadLanguage(id);
    const [language, chunk] = await Promise.all([load(), loadChunk("colours", () => import("./colours"))]);
    return language && chunk ? [language, chunk.colours(this.uncoloured)] : [];
  }
}

const setMarks = StateEffect.define<DecorationSet>();

const marksField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { changes, effects }) {
    const set = effects.find((it) => it.is(setMarks));
    return set ? (set.value as DecorationSet) : marks.map(changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorationsOf(marks: readonly Mark[], colourOf: ColourOf): DecorationSet {
  const ranges = marks.flatMap(({ from, to, removed, author }) => {
    const hue = colourOf(author);
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
