/**
 * Characters that are not seen, made visible: each by an element that stands for it.
 *
 * CodeMirror has such an extension as well. It reads on with each key until it finds the next one to
 * be shown, and in a flood there is none in 256 KiB. This one reads what is drawn.
 */

import { type ChangeSet, type Extension, type Range, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate, WidgetType } from "@codemirror/view";
import { CharacterKind } from "./characters";
import type { LineRange } from "./long_lines";

const INVISIBLE = "\\0-\\x08\\v-\\x1f\\x7f-\\x9f\\xad\\u061c\\u200b\\u200e\\u200f\\u2028\\u2029\\u202d\\u202e\\u2066\\u2067\\u2069\\ufeff\\ufff9-\\ufffc";
const invisible = new CharacterKind(new RegExp(`[${INVISIBLE}]`, "u"));
/** So many that stand close together are shown; of a flood, those at its beginning. */
const MOST_TOGETHER = 16;
/** What stands between two that are close is no longer, in a line of a usual length and in a longer one: browsers take the square of
 * the elements of a line that wraps, and one in five units of a long line is a thousand of them in view. */
const CLOSE_UNITS = 4;
const CLOSE_UNITS_IN_LONG = 12;
const LONG_UNITS = 1_500;
/** The control characters before the space have pictures of their own. */
const [FIRST_SEEN, PICTURES, BULLET] = [0x20, 0x2400, "\u2022"];
/** Whether one is shown depends on no more than what stands in so much before it. */
const BEFORE_UNITS = MOST_TOGETHER * (CLOSE_UNITS_IN_LONG + 1);

const NAMES = new Map([
  [0x00, "null"],
  [0x07, "bell"],
  [0x08, "backspace"],
  [0x0b, "vertical tab"],
  [0x0d, "carriage return"],
  [0x1b, "escape"],
  [0x200b, "zero width space"],
  [0x200e, "left-to-right mark"],
  [0x200f, "right-to-left mark"],
  [0x2028, "line separator"],
  [0x2029, "paragraph separator"],
  [0x202d, "left-to-right override"],
  [0x202e, "right-to-left override"],
  [0x2066, "left-to-right isolate"],
  [0x2067, "right-to-left isolate"],
  [0x2069, "pop directional isolate"],
  [0xfeff, "zero width no-break space"],
  [0xfffc, "object replacement"],
]);

/** Shows them. */
export function showSpecialCharacters(): Extension {
  return ViewPlugin.define((view) => new SpecialCharacters(view), { decorations: ({ decorations }) => decorations });
}

class SpecialCharacters {
  decorations: DecorationSet;
  /** What of the text they were made for. */
  #drawn: readonly LineRange[];

  constructor(view: EditorView) {
    this.#drawn = view.visibleRanges;
    this.decorations = madeFor(view);
  }

  update({ docChanged, viewportChanged, changes, view }: ViewUpdate): void {
    if (!docChanged && !viewportChanged) return;
    const drawn = this.#drawn.map(({ from, to }) => ({ from: changes.mapPos(from, -1), to: changes.mapPos(to, 1) }));
    this.#drawn = view.visibleRanges;
    this.decorations = isSame(drawn, this.#drawn) ? this.#changed(changes, view) : madeFor(view);
  }

  /** Those after a change, where as much is drawn: there may be 2,000 of them, and those of the other lines stay the same objects. */
  #changed(changes: ChangeSet, { state: { doc }, visibleRanges }: EditorView): DecorationSet {
    let set = this.decorations.map(changes);
    changes.iterChangedRanges((_fromA, _toA, start, end) => {
      for (const range of visibleRanges) {
        const from = Math.max(range.from, start);
        const to = Math.min(range.to, end + BEFORE_UNITS);
        if (from > to) continue;
        const filter = (first: number, last: number) => last <= from || first >= to;
        set = set.update({ filterFrom: from, filterTo: to, filter, add: [...signsIn(doc, from, to)] });
      }
    });
    return set;
  }
}

function isSame(some: readonly LineRange[], others: readonly LineRange[]): boolean {
  return some.length === others.length && some.every(({ from, to }, i) => from === others[i]!.from && to === others[i]!.to);
}

function madeFor({ state: { doc }, visibleRanges }: EditorView): DecorationSet {
  return Decoration.set(visibleRanges.flatMap(({ from, to }) => [...signsIn(doc, from, to)]));
}

function* signsIn(doc: Text, from: number, to: number): Generator<Range<Decoration>> {
  for (const { at, code } of specialIn(doc, from, to)) yield standingFor(code).range(at, at + 1);
}

/** Those that are shown in a part of a text. */
export function* specialIn(doc: Text, from: number, to: number): Generator<{ at: number; code: number }> {
  let start = Math.max(doc.lineAt(from).from, from - BEFORE_UNITS);
  for (const text of doc.iterRange(start, to)) {
    const closeUnits = doc.lineAt(start).length > LONG_UNITS ? CLOSE_UNITS_IN_LONG : CLOSE_UNITS;
    let together = 0;
    let last = -Infinity;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (!invisible.has(code)) continue;
      together = i - last > closeUnits + 1 ? 1 : together + 1;
      last = i;
      if (together <= MOST_TOGETHER && start + i >= from) yield { at: start + i, code };
    }
    start += text.length;
  }
}

const known = new Map<number, Decoration>();

function standingFor(code: number): Decoration {
  let decoration = known.get(code);
  if (!decoration) known.set(code, (decoration = Decoration.replace({ widget: new Sign(code) })));
  return decoration;
}

class Sign extends WidgetType {
  constructor(private readonly code: number) {
    super();
  }

  override toDOM({ state }: EditorView): HTMLElement {
    const dom = document.createElement("span");
    dom.className = "cm-specialChar";
    dom.textContent = this.code < FIRST_SEEN ? String.fromCharCode(PICTURES + this.code) : BULLET;
    dom.title = `${state.phrase("Control character")} ${NAMES.get(this.code) ?? `0x${this.code.toString(16)}`}`;
    dom.setAttribute("aria-label", dom.title);
    return dom;
  }

  override ignoreEvent(): boolean {
    return false;
  }
}
