/** Carets of others that came in with this frame's messages. Each is noted at
 * its place between the edits, and at the end of the frame moved over those
 * that came after it. */

import type { Sync } from "../sync";
import type { CursorData } from "../wire";

export class MovedCarets {
  #moved = new Map<number, { data: CursorData; time: number } | null>();

  constructor(private readonly sync: Sync) {}

  /** That user's carets are there now, in the server's text. */
  moved(id: number, carets: CursorData): void {
    const data = mapCarets(carets, (at) => this.sync.localCaret(at));
    this.#moved.set(id, { data, time: this.sync.caretTime });
  }

  /** That user has left. */
  gone(id: number): void {
    this.#moved.set(id, null);
  }

  /** Runs `advance`, which brings the local text up to date, and returns the carets
   * since the last time, by user id, as UTF-16 offsets in it; null: gone. */
  resolve(advance: () => void): Map<number, CursorData | null> {
    const resolved = [...this.#moved].map(([id, caret]) => {
      const rebase = (at: number) => this.sync.rebaseCaret(at, caret!.time);
      return [id, caret && mapCarets(caret.data, rebase)] as const;
    });
    this.#moved.clear();
    advance();
    const u16 = (at: number) => this.sync.u16Of(at);
    return new Map(resolved.map(([id, points]) => [id, points && mapCarets(points, u16)]));
  }
}

/** The same carets with each place put through `map`. */
export function mapCarets({ cursors, selections }: CursorData, map: (at: number) => number): CursorData {
  return {
    cursors: cursors.map(map),
    selections: selections.map(([anchor, head]) => [map(anchor), map(head)]),
  };
}
