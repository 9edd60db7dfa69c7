/**
 * How the height of a line that wraps is spread over its text.
 *
 * Of a very long line CodeMirror draws what is in view; gaps stand for the rest. It takes all units
 * of a line for equally high, the measured ones and those in a gap, whose height
 * is a guess. Where the guess is wrong, as in Chinese text, each key drew another part of the
 * line, several times, and the view jumped. Here a gap is as high as it is, and what is drawn
 * has the rest of the height. The build puts this into CodeMirror: see build/line_gaps.ts.
 */

/** A part of a line, each unit of which is as high as any other: a gap, or what is drawn. */
export interface LinePart {
  from: number;
  to: number;
  /** In pixels. */
  size: number;
}

interface Line {
  from: number;
  to: number;
  height: number;
}

/** The text of a line that is not folded. */
interface Structure {
  ranges: readonly { from: number; to: number }[];
  total: number;
}

/** The parts of a line, in order; `gaps` are those of all lines. */
export function partsOf(line: Line, { ranges, total }: Structure, gaps: readonly LinePart[]): LinePart[] {
  let inLine = gaps.filter(({ from, to }) => from >= line.from && to <= line.to);
  const gapsHeight = inLine.reduce((sum, { size }) => sum + size, 0);
  const gapsUnits = inLine.reduce((sum, { from, to }) => sum + to - from, 0);
  // All of the line may be one gap.
  let unitHeight = (line.height - gapsHeight) / Math.max(1, total - gapsUnits);
  // The height may be a guess that knows of no gaps, and a fold is in none of them.
  if (ranges.length > 1 || !(unitHeight > 0)) {
    inLine = [];
    unitHeight = line.height / total;
  }
  const parts: LinePart[] = [];
  const even = (from: number, to: number) => parts.push({ from, to, size: (to - from) * unitHeight });
  for (const { from, to } of ranges) {
    let at = from;
    for (const gap of inLine) {
      even(at, gap.from);
      parts.push(gap);
      at = gap.to;
    }
    even(at, to);
  }
  return parts;
}

/** The height of what stands between two positions. */
export function heightOf(parts: readonly LinePart[], from: number, to: number): number {
  const within = (part: LinePart) => Math.max(0, Math.min(to, part.to) - Math.max(from, part.from));
  return parts.reduce((sum, part) => sum + (part.size * within(part)) / (part.to - part.from || 1), 0);
}

/** The position that stands that far below the top of the line. */
export function positionAt(parts: readonly LinePart[], top: number): number {
  let left = Math.max(0, top);
  for (const { from, to, size } of parts) {
    if (left < size) return from + Math.floor(((to - from) * left) / size);
    left -= size;
  }
  return parts.at(-1)!.to;
}
