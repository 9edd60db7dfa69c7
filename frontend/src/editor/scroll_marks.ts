/**
 * Marks over the scroll bar, which say what is where in the whole text: people, comments, matches of a search.
 *
 * Whoever has something to mark gives a source. It is asked when the marks are drawn, a few times a second at most and
 * never while a key is handled; what it answers should be at hand, since a text may have five million characters.
 */

import { type EditorState, type Extension, Facet } from "@codemirror/state";
import { EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { type MarkKind, mergedMarks, type PlacedMark } from "./merged_marks";
import { RareMeasure } from "./rare_measure";
import "./scroll_marks.css";

/** Something in the text. */
export interface ScrollMark {
  /** Where it begins, in UTF-16 units; beyond the end of the text counts as the end. */
  readonly from: number;
  /** Where it ends; left out: it is one place. */
  readonly to?: number;
  readonly kind: MarkKind;
  /** A class that has the colour, such as hueClass() gives; left out: the colour of its kind. */
  readonly colour?: string;
}

/** The marks in that state, in the order of the text if they are many. */
export type ScrollMarkSource = (state: EditorState) => readonly ScrollMark[];

/** All sources. The marks are drawn anew after each change of this facet, of the text, and after any effect. */
export const scrollMarks = Facet.define<ScrollMarkSource>();

/** The pause between two drawings. */
const PAUSE_MS = 150;
/** Of so many marks of one source each has its place looked up; of more, some of them, evenly. */
const LOOKED_UP_MOST = 2_000;
/** Where the scroll bar takes no room. */
const LEAST_WIDTH_PX = 6;

/** Draws them. */
export function drawScrollMarks(): Extension {
  return ViewPlugin.define((view) => new ScrollMarks(view));
}

/** What was measured for a drawing: the bar's place in the editor, and the marks in it. */
interface Drawing {
  top: number;
  height: number;
  width: number;
  marks: readonly PlacedMark[];
}

class ScrollMarks {
  readonly #bar = document.createElement("div");
  readonly #drawing: RareMeasure<Drawing>;

  constructor(private readonly view: EditorView) {
    this.#bar.className = "scroll-marks";
    this.#bar.setAttribute("aria-hidden", "true");
    view.dom.append(this.#bar);
    const write = (drawing: Drawing) => this.#draw(drawing);
    this.#drawing = new RareMeasure(view, PAUSE_MS, { read: measured, write, isNeeded: () => !this.#isEmpty() });
    this.#drawing.again();
  }

  update(update: ViewUpdate): void {
    const { docChanged, geometryChanged, transactions, startState, state } = update;
    const isTold = transactions.some(({ effects }) => effects.length > 0);
    const isOther = startState.facet(scrollMarks) !== state.facet(scrollMarks);
    if (docChanged || geometryChanged || isTold || isOther) this.#drawing.changed(update);
  }

  destroy(): void {
    this.#drawing.stop();
    this.#bar.remove();
  }

  /** Nothing is marked, nor is there anything to mark. */
  #isEmpty(): boolean {
    const { state } = this.view;
    return this.#bar.childElementCount === 0 && state.facet(scrollMarks).every((source) => source(state).length === 0);
  }

  #draw({ top, height, width, marks }: Drawing): void {
    const { style } = this.#bar;
    style.top = `${top}px`;
    style.height = `${height}px`;
    style.width = `${width}px`;
    while (this.#bar.childElementCount > marks.length) this.#bar.lastElementChild!.remove();
    while (this.#bar.childElementCount < marks.length) this.#bar.append(document.createElement("div"));
    marks.forEach((mark, i) => show(this.#bar.children[i] as HTMLElement, mark));
  }
}

function show(dom: HTMLElement, { kind, colour, top, bottom }: PlacedMark): void {
  const classes = colour ? `${kind} ${colour}` : kind;
  if (dom.className !== classes) dom.className = classes;
  dom.style.top = `${top}px`;
  dom.style.height = `${bottom - top}px`;
}

function measured(view: EditorView): Drawing {
  const { scrollDOM, state } = view;
  const { scrollHeight, clientHeight: height, offsetTop: top } = scrollDOM;
  const width = Math.max(scrollDOM.offsetWidth - scrollDOM.clientWidth, LEAST_WIDTH_PX);
  // All of it is in view.
  if (scrollHeight <= height) return { top, height, width, marks: [] };
  const placed = state.facet(scrollMarks).flatMap((source) => placesOf(view, thinned(source(state)), height / scrollHeight));
  return { top, height, width, marks: mergedMarks(placed, height) };
}

function thinned(marks: readonly ScrollMark[]): readonly ScrollMark[] {
  if (marks.length <= LOOKED_UP_MOST) return marks;
  const step = marks.length / LOOKED_UP_MOST;
  return Array.from({ length: LOOKED_UP_MOST }, (_, i) => marks[Math.floor(i * step)]!);
}

function placesOf(view: EditorView, marks: readonly ScrollMark[], scale: number): PlacedMark[] {
  const { length } = view.state.doc;
  const above = view.documentPadding.top;
  let block = view.lineBlockAt(0);
  const place = (at: number) => {
    const within = Math.min(at, length);
    if (within < block.from || within > block.to) block = view.lineBlockAt(within);
    const part = block.length > 0 ? (within - block.from) / block.length : 0;
    // A line of a usual length has its mark at its top; one that fills screens, where in it the place is.
    return (above + block.top + part * Math.max(block.height - view.defaultLineHeight, 0)) * scale;
  };
  return marks.map(({ from, to = from, kind, colour = "" }) => {
    const top = place(from);
    return { kind, colour, top, bottom: to > from ? place(to) : top };
  });
}
