/** Who wrote what, as tints of the text: what is in view, drawn from runs that are kept as people type. */

import { Compartment, RangeSetBuilder, StateEffect, type Transaction } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { effect } from "@preact/signals";
import type { Authorship, Run } from "../past";
import { changesIn } from "./clean_input";
import { hueClass } from "./hues";
import { isRemote } from "./remote";

/** Where the runs come from. */
export type AuthorSource = Pick<Authorship, "authorOf" | "known" | "present" | "typed">;

/** Who moves the caret quickly hears where it stays. */
const SAID_AFTER_MS = 400;
/** Where the text is ahead of what is known of it (a word is being composed, say), it is looked again after so long. */
const AGAIN_MS = 300;

const place = new Compartment();

/** Tints the text of that editor. `nameOf` is what an author is called, in the text's tooltips and to those who listen; null:
 * nobody knows who it was. The function that this returns ends it. */
export function showAuthors(view: EditorView, source: AuthorSource, nameOf: (author: number | null) => string): () => void {
  const plugin = ViewPlugin.define((of) => new Tints(of, source, nameOf), { decorations: ({ decorations }) => decorations });
  if (place.get(view.state) === undefined) view.dispatch({ effects: StateEffect.appendConfig.of(place.of(plugin)) });
  else view.dispatch({ effects: place.reconfigure(plugin) });
  return () => view.dispatch({ effects: place.reconfigure([]) });
}

class Tints {
  decorations: DecorationSet = Decoration.none;
  #runs: readonly Run[] | null = null;
  /** True while the runs are not those of the text that is shown. */
  #isBehind = true;
  readonly #marks = new Map<number, Decoration>();
  readonly #voice = document.createElement("div");
  #saying: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  /** Who wrote what is at the caret, when it was said last. */
  #said: number | null | undefined;
  readonly #stop: () => void;

  constructor(
    private readonly view: EditorView,
    private readonly source: AuthorSource,
    private readonly nameOf: (author: number | null) => string,
  ) {
    this.#voice.className = "visually-hidden";
    this.#voice.role = "status";
    view.dom.append(this.#voice);
    this.#stop = effect(() => {
      void source.known.value;
      this.#isBehind = true;
      this.#look(0); // not now: the editor may be in the middle of something
    });
  }

  update(update: ViewUpdate): void {
    for (const tr of update.transactions) if (tr.docChanged) this.#follow(tr);
    if (this.#isBehind) this.#catchUp(update.state.doc.length);
    if (this.#isBehind) this.decorations = this.decorations.map(update.changes);
    else this.decorations = this.#drawn();
    if (update.selectionSet && update.view.hasFocus) this.#sayLater();
  }

  destroy(): void {
    this.#stop();
    clearTimeout(this.#saying);
    clearTimeout(this.#again);
    this.#voice.remove();
  }

  /** What the user types is the user's; who did what else there is, the source knows. */
  #follow(tr: Transaction): void {
    if (isRemote(tr)) this.#isBehind = true;
    else if (this.#runs && !this.#isBehind) this.#runs = this.source.typed(this.#runs, changesIn(tr));
  }

  /** Takes the runs that the source has, if they are those of the text. */
  #catchUp(length: number): void {
    const present = this.source.present();
    this.#isBehind = !present || unitsOf(present) !== length;
    if (!this.#isBehind) this.#runs = present;
    else if (present) this.#look(AGAIN_MS);
  }

  #look(inMs: number): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.view.dispatch({}), inMs);
  }

  /** Those in view. */
  #drawn(): DecorationSet {
    const builder = new RangeSetBuilder<Decoration>();
    if (!this.#runs) return Decoration.none;
    const ranges = this.view.visibleRanges;
    let [at, i] = [0, 0];
    for (const { units, author } of this.#runs) {
      const end = at + units;
      while (i < ranges.length && ranges[i]!.to <= at) i++;
      if (i === ranges.length) break;
      if (author !== null) {
        const mark = this.#markOf(author);
        for (let j = i; j < ranges.length && ranges[j]!.from < end; j++) {
          builder.add(Math.max(at, ranges[j]!.from), Math.min(end, ranges[j]!.to), mark);
        }
      }
      at = end;
    }
    return builder.finish();
  }

  #markOf(author: number): Decoration {
    const hue = this.source.authorOf(author)?.hue ?? null;
    const known = this.#marks.get(author);
    const colour = hue === null ? "" : hueClass(hue);
    const title = this.nameOf(author);
    if (known?.spec.attributes.title === title && known.spec.class === `authored ${colour}`) return known;
    const mark = Decoration.mark({ class: `authored ${colour}`, attributes: { title } });
    this.#marks.set(author, mark);
    return mark;
  }

  #sayLater(): void {
    clearTimeout(this.#saying);
    this.#saying = setTimeout(() => {
      const author = this.#authorAt(this.view.state.selection.main.head);
      if (author === this.#said) return;
      this.#said = author;
      this.#voice.textContent = author === undefined ? "" : this.nameOf(author);
    }, SAID_AFTER_MS);
  }

  /** Whoever wrote the letter behind that place, or the last one; undefined: there is none, or nobody knows yet. */
  #authorAt(at: number): number | null | undefined {
    let end = 0;
    for (const { units, author } of this.#runs ?? []) if ((end += units) > at) return author;
    return this.#runs?.at(-1)?.author;
  }
}

function unitsOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { units }) => sum + units, 0);
}
