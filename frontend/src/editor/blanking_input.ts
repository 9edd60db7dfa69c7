/** What a parser gets to read of a text, and for how long. */

import type { Input } from "@lezer/common";
import type { LineRange } from "./long_lines";
import { type Metered, ReadTooFar } from "./patient_parse";
import { StepOver } from "./step_end";

/** The clock is looked at once for so many reads. */
const READS_PER_LOOK = 32;

/** A text whose long lines are blank. Reading it ends in an exception once that takes too long, or goes too far. */
export class BlankingInput implements Metered {
  /** Reading throws from then on. */
  lateAtMs = Infinity;
  #mostUnits = Infinity;
  /** What this step has read for the first time, in units, and where the furthest of that ends. */
  #units = 0;
  #furthest = 0;
  #reads = 0;

  constructor(
    private readonly inner: Input,
    readonly blank: readonly LineRange[],
    readonly changingUntilMs: number,
    private readonly elapsed: () => number,
  ) {}

  get length(): number {
    return this.inner.length;
  }

  get lineChunks(): boolean {
    return this.inner.lineChunks;
  }

  beginStep(mostUnits: number): void {
    this.#mostUnits = mostUnits;
    this.#units = 0;
    this.#furthest = 0;
  }

  get stepUnits(): number {
    return this.#units;
  }

  chunk(from: number): string {
    this.#look();
    const chunk = this.#chunk(from);
    const end = from + chunk.length;
    this.#units += Math.max(0, end - Math.max(from, this.#furthest));
    this.#furthest = Math.max(this.#furthest, end);
    if (this.#units > this.#mostUnits) throw new ReadTooFar();
    return chunk;
  }

  #chunk(from: number): string {
    const next = this.blank.find(({ to }) => to > from);
    if (!next) return this.inner.chunk(from);
    if (next.from <= from) return " ".repeat(next.to - from);
    return this.inner.chunk(from).slice(0, next.from - from);
  }

  read(from: number, to: number): string {
    this.#look();
    let text = this.inner.read(from, to);
    for (const line of this.blank) {
      const [start, end] = [Math.max(line.from, from) - from, Math.min(line.to, to) - from];
      if (start < end) text = text.slice(0, start) + " ".repeat(end - start) + text.slice(end);
    }
    return text;
  }

  #look(): void {
    if (++this.#reads % READS_PER_LOOK === 0 && this.elapsed() > this.lateAtMs) throw new StepOver();
  }
}
