/**
 * Notices when most of the text vanishes by what others do, and keeps it as it stood in this tab, so that it can
 * be looked at and put back: their undo does not reach that far, and the user's own undo takes back nothing of others.
 *
 * What others delete is added up over a few seconds, since a text may go in pieces, and compared with the text before
 * that. The editor keeps its texts unchanged, so that to remember one costs nothing before it is read.
 */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../clock";
import type { Change } from "../kernel";
import { changesBetween, type Entry } from "../sync";

/** A text as the editor shows it at one moment. */
export interface ShownText {
  /** In UTF-16 units. */
  readonly length: number;
  toString(): string;
}

/** Most of a text, gone. */
export interface Removal {
  /** The name of who removed most of it; null: not known. */
  by: string | null;
  /** The characters that are gone, counted as code points. */
  points: number;
  /** The whole text before. */
  text: string;
}

/** What goes within this time is taken together. */
const TOGETHER_MS = 10_000;
/** Less than this is no loss worth a word, whatever the text. */
const LEAST_UNITS = 200;
/** Stands for those whom the server does not name. */
const UNKNOWN = -1;

export class RemovalGuard {
  readonly #removal = signal<Removal | null>(null);
  /** The text before the first of the deletions that are taken together, and when that was; null: there were none lately. */
  #before: { text: ShownText; atMs: number } | null = null;
  /** The units that have gone since #before. */
  #gone = 0;
  /** Who deleted how many code points since then, by user id, with the name that they had. */
  readonly #deleted = new Map<number, { points: number; name: string | null }>();
  /** The units that others have put in since it was last looked whether the text is back. */
  #putIn = 0;

  constructor(
    private readonly clock: Clock,
    private readonly nameOf: (id: number) => string | null,
  ) {}

  /** The last one that has not been decided about; null: there is none. */
  get removal(): ReadonlySignal<Removal | null> {
    return this.#removal;
  }

  /** Operations of others have come in. */
  heard(entries: readonly Entry[]): void {
    for (const { id, operation } of entries) {
      const points = operation.reduce<number>((sum, part) => sum + (typeof part === "number" && part < 0 ? -part : 0), 0);
      if (points === 0) continue;
      const { points: before = 0, name = null } = this.#deleted.get(id) ?? {};
      this.#deleted.set(id, { points: before + points, name: this.nameOf(id) ?? name });
    }
  }

  /** A whole text came in place of operations. */
  heardText(): void {
    this.#deleted.set(UNKNOWN, { points: 0, name: null });
  }

  /** The editor is about to be given these changes to the text that it shows. */
  changing(changes: readonly Change[], shown: ShownText): void {
    const deleted = changes.reduce((sum, { from, to }) => sum + to - from, 0);
    this.#putIn += changes.reduce((sum, { insert }) => sum + insert.length, 0);
    const nowMs = this.clock.elapsed();
    if (this.#before && nowMs - this.#before.atMs > TOGETHER_MS) this.#before = null;
    if (!this.#before) this.#gone = 0;
    if (deleted > 0) this.#before ??= { text: shown, atMs: nowMs };
    this.#gone += deleted;
  }

  /** That was done. */
  changed(shown: ShownText): void {
    const length = this.#before?.text.length ?? 0;
    if (this.#gone > LEAST_UNITS && this.#gone * 2 > length && this.#deleted.size > 0) this.#look(shown);
    const before = this.#removal.peek();
    if (before && this.#putIn > Math.max(LEAST_UNITS, before.text.length / 4)) this.#lookAgain(before, String(shown));
    if (!this.#before) this.#deleted.clear();
  }

  /** Forgets it: the user has decided. */
  drop(): void {
    this.#removal.value = null;
  }

  /** Offers it again, where it was not put back after all. */
  offer(removal: Removal): void {
    this.#removal.value = removal;
  }

  #look(shown: ShownText): void {
    const [text, now] = [String(this.#before!.text), String(shown)];
    const lost = lostIn(text, now);
    const { name: by } = [...this.#deleted.values()].reduce((most, it) => (it.points > most.points ? it : most));
    this.#before = null;
    this.#putIn = 0;
    if (!isMost(lost, text)) return;
    const kept = this.#removal.peek();
    const all = kept ? withBack(kept.text, text) : text;
    this.#removal.value = { by, points: pointsIn(kept ? lostIn(all, now) : lost), text: all };
  }

  #lookAgain({ text }: Removal, now: string): void {
    this.#putIn = 0;
    if (!isMost(lostIn(text, now), text)) this.drop();
  }
}

/** What of a text is not in another. */
function lostIn(text: string, now: string): string[] {
  return changesBetween(text, now).map(({ from, to }) => text.slice(from, to));
}

function isMost(lost: readonly string[], text: string): boolean {
  const units = lost.reduce((sum, piece) => sum + piece.length, 0);
  return units > LEAST_UNITS && units * 2 > text.length;
}

function pointsIn(pieces: readonly string[]): number {
  return pieces.reduce((sum, piece) => sum + (piece.match(/./gsu)?.length ?? 0), 0);
}

/** The text `now` with all that was in `before` and is gone; what is new since stays. */
export function withBack(before: string, now: string): string {
  let [text, at] = ["", 0];
  for (const { from, to, insert } of changesBetween(before, now)) {
    const gone = before.slice(from, to);
    const isTorn = gone !== "" && insert !== "" && !gone.endsWith("\n") && !insert.startsWith("\n");
    text += before.slice(at, to) + (isTorn ? "\n" : "") + insert;
    at = to;
  }
  return text + before.slice(at);
}
