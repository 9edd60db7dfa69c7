/** Marks over the scroll bar that would lie over each other, made into one. */

/** What is marked; later kinds lie over earlier ones. */
export const MARK_KINDS = ["match", "comment", "selection", "current", "person"] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

/** A mark in the bar, in pixels from its top. */
export interface PlacedMark {
  readonly kind: MarkKind;
  /** A class that has the colour; "": that of the kind. */
  readonly colour: string;
  readonly top: number;
  readonly bottom: number;
}

/** No mark is lower. */
const LEAST_PX = 3;
/** No more are drawn. */
const MOST = 500;

/** The marks on whole pixels of a bar of that height, in the order in which they lie over each other. Those of one kind
 * and colour that touch are one. */
export function mergedMarks(marks: readonly PlacedMark[], heightPx: number): readonly PlacedMark[] {
  const last = new Map<string, PlacedMark>();
  const done: PlacedMark[] = [];
  for (const mark of marks.map((it) => onPixels(it, heightPx)).sort((a, b) => a.top - b.top)) {
    const key = `${mark.kind} ${mark.colour}`;
    const before = last.get(key);
    if (before && mark.top <= before.bottom) {
      last.set(key, { ...before, bottom: Math.max(before.bottom, mark.bottom) });
    } else {
      if (before) done.push(before);
      last.set(key, mark);
    }
  }
  const level = ({ kind }: PlacedMark) => MARK_KINDS.indexOf(kind);
  return [...done, ...last.values()].sort((a, b) => level(a) - level(b) || a.top - b.top).slice(-MOST);
}

function onPixels({ kind, colour, top, bottom }: PlacedMark, heightPx: number): PlacedMark {
  const start = Math.max(0, Math.min(Math.round(top), heightPx - LEAST_PX));
  return { kind, colour, top: start, bottom: Math.min(Math.max(Math.round(bottom), start + LEAST_PX), heightPx) };
}
