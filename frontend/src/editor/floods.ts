/**
 * Floods: so much of what is dear to lay out that a browser would take a second for
 * each key. Up to there everything is shown as it should be; of a flood, as much as the time allows.
 */

import { type Extension, RangeSetBuilder } from "@codemirror/state";
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate, WidgetType } from "@codemirror/view";

const INVISIBLE = "\\0-\\x08\\n-\\x1f\\x7f-\\x9f\\xad\\u061c\\u200b\\u200e\\u200f\\u2028\\u2029\\u202d\\u202e\\u2066\\u2067\\u2069\\ufeff\\ufff9-\\ufffc";

/** A character that is not seen, and is made so: by an element for each. Not those that stand close behind sixteen others;
 * the usual flood has nothing in between, and is found out soonest by that. */
export const fewInvisible = new RegExp(`[${INVISIBLE}](?<![${INVISIBLE}]{17})(?<!(?:[${INVISIBLE}][^${INVISIBLE}]{0,4}){16}[${INVISIBLE}])`, "g");

/** A run of letters from right to left, with what stands between them. */
const RIGHT_TO_LEFT = "\\u0590-\\u08ff\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufb1d-\\ufdff\\ufe70-\\ufefc";
const RUN = new RegExp(`[${RIGHT_TO_LEFT}](?:[^\\w\\xc0-\\u024f${RIGHT_TO_LEFT}]{0,8}[${RIGHT_TO_LEFT}])*`, "g");
/** A line that turns round more often is shown from left to right altogether. */
const MOST_RUNS = 300;
/** A shorter line has no flood. */
const SHORT_UNITS = 600;
/** Characters without a width. Since they take no room, all of them would be in view at once. */
const WIDTHLESS = /[\p{M}\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u;
/** So many of them that nobody can have meant each. */
const MOST_WIDTHLESS = 300;
/** As many of those are shown. */
const SHOWN_UNITS = 64;

const oneWay = Decoration.line({ class: "one-way" });

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

/** Shows of a flood what can be shown. */
export function boundFloods(): Extension {
  return ViewPlugin.define((view) => new Floods(view), { decorations: ({ decorations }) => decorations });
}

class Floods {
  decorations: DecorationSet;

  constructor(view: EditorView) {
    this.decorations = madeFor(view);
  }

  update({ docChanged, viewportChanged, view }: ViewUpdate): void {
    if (docChanged || viewportChanged) this.decorations = madeFor(view);
  }
}

/** Looks at what of a line is drawn: the rest of it may be as long as a line can be. */
function madeFor({ state: { doc }, viewport, visibleRanges }: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (let at = viewport.from; at <= viewport.to; ) {
    const line = doc.lineAt(at);
    at = line.to + 1;
    if (line.length <= SHORT_UNITS) continue;
    const drawn = visibleRanges.map((range) => {
      const from = Math.max(range.from, line.from);
      return { from, text: doc.sliceString(from, Math.min(range.to, line.to)) };
    });
    const runs = drawn.reduce((sum, { text }) => sum + runsIn(text), 0);
    if (runs > MOST_RUNS) builder.add(line.from, line.from, oneWay);
    for (const { from, text } of drawn) {
      for (const flood of widthlessIn(text)) builder.add(from + flood.from + SHOWN_UNITS, from + flood.to, left);
    }
  }
  return builder.finish();
}

/** Where in a text more of those without a width follow each other than anybody can have meant. Each character is looked up, which
 * takes a tenth of the time of a regular expression. */
export function widthlessIn(text: string): readonly { from: number; to: number }[] {
  const found = [];
  let from = 0;
  for (let at = 0; at <= text.length; ) {
    const point = text.codePointAt(at);
    if (point === undefined || !isWidthless(point)) {
      if (at - from >= MOST_WIDTHLESS) found.push({ from, to: at });
      if (point === undefined) break;
      from = at + 1 + Number(point > 0xffff);
    }
    at += 1 + Number(point > 0xffff);
  }
  return found;
}

const [UNKNOWN, NO, YES] = [0, 1, 2];
let widthless: Uint8Array | null = null;

function isWidthless(point: number): boolean {
  widthless ??= new Uint8Array(0x110000);
  if (widthless[point] === UNKNOWN) widthless[point] = WIDTHLESS.test(String.fromCodePoint(point)) ? YES : NO;
  return widthless[point] === YES;
}

/** The stretches of a text that run from right to left. */
export function runsIn(text: string): number {
  return text.match(RUN)?.length ?? 0;
}
