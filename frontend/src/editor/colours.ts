/**
 * The colours of code in the text.
 *
 * Each colour is a span, and browsers take the square of their number to lay out a line
 * that wraps. So a line that would have too many goes without, and so does one that no
 * parser has read; the line itself says why to whoever points at it.
 */

import { syntaxTree } from "@codemirror/language";
import { type Extension, Prec, RangeSetBuilder } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { NodeProp, Tree } from "@lezer/common";
import { highlightTree } from "@lezer/highlight";
import { highlight } from "./highlight";
import { LONGEST_LINE_UNITS } from "./long_lines";

/** A line of so many units is shown in colours, however many; of a longer one they are counted. */
const SHORT_UNITS = 1_500;
const MOST_SPANS = 700;

const marks = new Map<string, Decoration>();

function markOf(classes: string): Decoration {
  let mark = marks.get(classes);
  if (!mark) marks.set(classes, (mark = Decoration.mark({ class: classes })));
  return mark;
}

/** Colours the text by the language that is configured; `why` is said of lines that go without. */
export function colours(why: string): Extension {
  const uncoloured = Decoration.line({ attributes: { title: why } });
  const plugin = ViewPlugin.define((view) => new Colours(view, uncoloured), { decorations: ({ decorations }) => decorations });
  return [Prec.high(plugin), EditorView.styleModule.of(highlight.module!)];
}

class Colours {
  decorations: DecorationSet;
  #tree: Tree;
  /** The end of what was in view when the decorations were made. */
  #doneTo: number;

  constructor(
    view: EditorView,
    private readonly uncoloured: Decoration,
  ) {
    this.#tree = syntaxTree(view.state);
    this.#doneTo = view.viewport.to;
    this.decorations = this.#made(view);
  }

  update({ view, state, changes, viewportChanged }: ViewUpdate): void {
    const tree = syntaxTree(state);
    const doneTo = changes.mapPos(this.#doneTo, 1);
    const { viewport } = view;
    // Until the parser is here again, the colours stay where they are.
    if (tree.length < viewport.to && tree.type === this.#tree.type && doneTo >= viewport.to) {
      this.decorations = this.decorations.map(changes);
      this.#doneTo = doneTo;
    } else if (tree !== this.#tree || viewportChanged) {
      this.#tree = tree;
      this.#doneTo = viewport.to;
      this.decorations = this.#made(view);
    }
  }

  #made(view: EditorView): DecorationSet {
    const builder = new RangeSetBuilder<Decoration>();
    const { doc } = view.state;
    let done = -1;
    for (const { from, to } of view.visibleRanges) {
      // Lines of a usual length are done together, since each walk through the tree begins at its top.
      let pending = Math.max(from, done);
      for (let line = doc.lineAt(from); line.from <= to; line = doc.lineAt(line.to + 1)) {
        if (line.length > SHORT_UNITS && line.from > done) {
          this.#colour(builder, pending, line.from);
          this.#colourLong(builder, line);
          pending = done = line.to;
        }
        if (line.to >= doc.length) break;
      }
      this.#colour(builder, Math.max(pending, done), to);
    }
    return builder.finish();
  }

  #colour(builder: RangeSetBuilder<Decoration>, from: number, to: number): void {
    if (from >= to) return;
    highlightTree(within(this.#tree, from, to), highlight, (start, end, classes) => builder.add(start, end, markOf(classes)), from, to);
  }

  /** Colours a line as a whole, whatever of it is in view, so that it does not change while it is scrolled. */
  #colourLong(builder: RangeSetBuilder<Decoration>, { from, to }: { from: number; to: number }): void {
    const spans: [from: number, to: number, classes: string][] = [];
    const isLong = to - from > LONGEST_LINE_UNITS;
    if (!isLong) highlightTree(within(this.#tree, from, to), highlight, (...span) => spans.push(span), from, to);
    if (isLong || spans.length > MOST_SPANS) builder.add(from, from, this.uncoloured);
    else for (const [start, end, classes] of spans) builder.add(start, end, markOf(classes));
  }
}

/** What the tree has from one place to another. A walk through it goes through all that stands beside that, too, however many
 * thousand paragraphs or functions. */
export function within(tree: Tree, from: number, to: number): Tree {
  if (tree.prop(NodeProp.mounted)) return tree; // another language has its parts
  const children: Tree["children"][number][] = [];
  const positions: number[] = [];
  for (const [i, child] of tree.children.entries()) {
    const start = tree.positions[i]!;
    if (start >= to || start + child.length <= from) continue;
    const isList = child instanceof Tree && child.type.isAnonymous;
    children.push(isList ? within(child, from - start, to - start) : child);
    positions.push(start);
  }
  return new Tree(tree.type, children, positions, tree.length);
}
