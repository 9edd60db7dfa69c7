/**
 * Says when the name at a caret is shown: for a moment when its owner comes, goes to
 * another line, or moves again after a rest. Not for as long as they type on:
 * the name stands over the line above, which others may be reading.
 */

/** A name is shown for so long. */
const SHOWN_MS = 2_000;
/** Whoever moves after so long is shown again. */
const REST_MS = 10_000;

/** The line and time of a caret's last move, and until when its name is shown. */
interface Label {
  line: number;
  movedAtMs: number;
  untilMs: number;
}

/** Immutable, as the editor's state wants it. */
export class CaretLabels {
  constructor(private readonly byId: ReadonlyMap<number, Label> = new Map()) {}

  /** The labels after those carets moved to those lines; null: gone. */
  after(moves: Iterable<readonly [id: number, line: number | null]>, nowMs: number): CaretLabels {
    const byId = new Map(this.byId);
    for (const [id, line] of moves) {
      const before = byId.get(id);
      if (line === null) byId.delete(id);
      else byId.set(id, { line, movedAtMs: nowMs, untilMs: untilMs(before, line, nowMs) });
    }
    return new CaretLabels(byId);
  }

  /** The end of that name's showing, on the clock that after() was given; 0: it is not shown. */
  untilMs(id: number): number {
    return this.byId.get(id)?.untilMs ?? 0;
  }
}

function untilMs(before: Label | undefined, line: number, nowMs: number): number {
  const isNews = !before || before.line !== line || nowMs - before.movedAtMs > REST_MS;
  return isNews ? nowMs + SHOWN_MS : before.untilMs;
}
