/**
 * Where a thread is in the text, and how an operation moves it: by the same rules as on the server (docs/protocol.md,
 * Comments), so that every tab has its threads where the server has them without being told.
 *
 * Positions are code points.
 */

/** The piece from `from` up to `to`; of one that has lost all its text both are where that was. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** A component of an operation; `points` is positive. */
interface Part {
  readonly kind: "insert" | "retain" | "delete";
  readonly points: number;
}

/** An operation as far as places are moved by it. */
export type Step = readonly Part[];

/** That operation, read once for all the places that move over it. */
export function stepOf(operation: readonly (number | string)[]): Step {
  return operation.map((part) => {
    if (typeof part === "string") return { kind: "insert", points: pointsIn(part) };
    return part > 0 ? { kind: "retain", points: part } : { kind: "delete", points: -part };
  });
}

export function isDetached({ from, to }: Place): boolean {
  return from >= to;
}

/** The place after that operation. What is inserted at its edges is not in it. One that is detached stays so: where its text
 * comes back, the server says it. */
export function moved(place: Place, step: Step): Place {
  const to = pointAfter(step, place.to, false);
  if (isDetached(place)) return { from: to, to };
  return { from: Math.min(pointAfter(step, place.from, true), to), to };
}

/** A point after that operation; an insert right there comes before it (`isBehind`) or after it. */
function pointAfter(step: Step, at: number, isBehind: boolean): number {
  let left = at;
  let result = 0;
  for (const { kind, points } of step) {
    if (kind === "insert") {
      if (left === 0 && !isBehind) return result;
      result += points;
    } else if (points > left) {
      return kind === "retain" ? result + left : result;
    } else {
      left -= points;
      if (kind === "retain") result += points;
    }
  }
  return result;
}

function pointsIn(text: string): number {
  let points = 0;
  for (const _ of text) points += 1;
  return points;
}
