// random.ts - chance that a seed replays, one stream for each client and fault,
// so that taking one of them out of a run changes nothing for the others.

export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** A stream of its own for the part of that name. */
  static of(seed: number, name: string): Random {
    let hash = seed | 0;
    for (const unit of name) hash = Math.imul(hash ^ unit.codePointAt(0)!, 0x01000193);
    return new Random(hash);
  }

  /** 0 <= n < limit (mulberry32). */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}
