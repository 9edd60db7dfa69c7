/**
 * Floods: so much of what is dear to lay out that a browser would take a second for
 * each key. Up to there everything is shown as it should be; of a flood, as much as the time allows.
 */

import { type ChangeSet, type Extension, type Range, RangeSetBuilder, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate, WidgetType } from "@codemirror/view";
import { CharacterKind } from "./characters";
import { type LineRange, linesOver } from "./long_lines";

/** A run of letters from right to left, with what stands between them. */
const RIGHT_TO_LEFT = "\\u0590-\\u08ff\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufb1d-\\ufdff\\ufe70-\\ufefc";
const RUN = new RegExp(`[${RIGHT_TO_LEFT}](?:[^\\w\\xc0-\\u024f${RIGHT_TO_LEFT}]{0,8}[${RIGHT_TO_LEFT}])*`, "g");
/** A line that turns round more often is shown from left to right altogether. */
const MOST_RUNS = 300;
/** A shorter line has no flood. */
const SHORT_UNITS = 600;
/** Characters without a width. Since they take no room, all of them would be in view at once. */
const widthless = new CharacterKind(/[\p{M}\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u);
/** So many of them that nobody can have meant each. */
const MOST_WIDTHLESS = 300;
/** One of as many units is among them. */
const STEP = MOST_WIDTHLESS - 1;
/** As many of those are shown. */
const SHOWN_UNITS = 64;

/** Shows of a flood what can be shown. */
export function boundFloods(): Extension {
  return [widthlessLeftOut, ViewPlugin.define((view) => new OneWay(view), { decorations: ({ decorations }) => decorations })];
}

/** Stands for what is left out. */
class Left extends WidgetType {
  override toDOM(): HTMLElement {
    const dom = document.createElement("span");
    dom.className = "cm-specialChar";
    dom.textContent = "…";
    return dom;
  }
}

const left = Decoration.replace({ widget: new Left() });

/**
 * What is left out of the text's lines. It is a part of the state, and not found for what is in view, so that CodeMirror
 * knows how high such a line is: as high as what is shown. It would otherwise guess by the length of the line, find with each
 * key that less of it fills the view, and draw as much more.
 */
const widthlessLeftOut = StateField.define<DecorationSet>({
  create: ({ doc }) => Decoration.set([...linesOver(SHORT_UNITS, doc)].flatMap((line) => leftOutOf(doc, line))),
  update: (set, { docChanged, changes, newDoc }) => (docChanged ? leftOutAfter(set, changes, newDoc) : set),
  provide: (field) => EditorView.decorations.from(field),
});

function leftOutAfter(before: DecorationSet, changes: ChangeSet, doc: Text): DecorationSet {
  let set = before.map(changes);
  let until = -1;
  changes.iterChangedRanges((_fromA, _toA, fromB, toB) => {
    // A line may hold many changes.
    if (toB <= until) return;
    const from = Math.max(doc.lineAt(fromB).from, until + 1);
    const { to } = doc.lineAt(toB);
    until = to;
    const add = [...longLinesBetween(doc, from, to)].flatMap((line) => leftOutOf(doc, line));
    if (add.length > 0 || set.size > 0) set = set.update({ filterFrom: from, filterTo: to, filter: () => false, add });
  });
  return set;
}

/** The lines of a part of the text, which begins and ends with whole ones, that may hold a flood. */
function* longLinesBetween(doc: Text, from: number, to: number): Generator<LineRange> {
  if (to - from > SHORT_UNITS) yield* linesOver(SHORT_UNITS, doc.slice(from, to), from);
}

function leftOutOf(doc: Text, { from, to }: LineRange): Range<Decoration>[] {
  const text = doc.sliceString(from, to);
  return widthlessIn(text).map((flood) => left.range(from + pairStart(text, flood.from + SHOWN_UNITS), from + flood.to));
}

/** Where in a text more of those without a width follow each other than anybody can have meant. Since there are so many, it
 * is enough to look at one character in as many, and around that only where it is one of them. */
export function widthlessIn(text: string): readonly LineRange[] {
  const found = [];
  for (let at = STEP; at < text.length; at += STEP) {
    const start = pairStart(text, at);
    const to = widthlessBehind(text, start);
    if (to === start) continue;
    const from = widthlessBefore(text, start);
    if (to - from >= MOST_WIDTHLESS) found.push({ from, to });
    at = Math.max(at, to);
  }
  return found;
}

/** Where those end that stand at a place and behind it. */
function widthlessBehind(text: string, at: number): number {
  for (;;) {
    const point = text.codePointAt(at);
    if (point === undefined || !widthless.has(point)) return at;
    at += point > 0xffff ? 2 : 1;
  }
}

/** Where those begin that stand before a place. */
function widthlessBefore(text: string, at: number): number {
  while (at > 0) {
    const from = pairStart(text, at - 1);
    if (!widthless.has(text.codePointAt(from)!)) break;
    at = from;
  }
  return at;
}

/** Where the character begins that has a unit at that place. */
function pairStart(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}

const oneWay = Decoration.line({ class: "one-way" });

/** Lines that turn round too often. */
class OneWay {
  decorations: DecorationSet;

  constructor(view: EditorView) {
    this.decorations = oneWayIn(view);
  }

  update({ docChanged, viewportChanged, view }: ViewUpdate): void {
    if (docChanged || viewportChanged) this.decorations = oneWayIn(view);
  }
}

/** Looks at what of a line is drawn: the rest of it may be as long as a line can be. */
function oneWayIn({ state: { doc }, viewport, visibleRanges }: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (let at = viewport.from; at <= viewport.to; ) {
    const line = doc.lineAt(at);
    at = line.to + 1;
    if (line.length <= SHORT_UNITS) continue;
    const drawn = visibleRanges.map(({ from, to }) => doc.sliceString(Math.max(from, line.from), Math.min(to, line.to)));
    const runs = drawn.reduce((sum, text) => sum + runsIn(text), 0);
    if (runs > MOST_RUNS) builder.add(line.from, line.from, oneWay);
  }
  return builder.finish();
}

/** The stretches of a text that run from right to left. */
export function runsIn(text: string): number {
  return text.match(RUN)?.length ?? 0;
}
