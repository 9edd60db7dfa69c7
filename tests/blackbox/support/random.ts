// random.ts - reproducible chance. The seed comes from KP_SEED, else from the
// clock; every test that uses it names the seed in its failure.
import type { Operation } from './operation.ts';
import { Builder } from './operation.ts';

const ALPHABET = ['a', 'b', ' ', '\n', 'é', 'e\u0301', 'ß', '漢', '\uFFFD', '\uFFFF', '😀', '👩‍👩‍👧', '𝄞', '\u{10FFFF}'];

export class Random {
  readonly seed: number;
  private state: number;

  constructor(seed: number = Number(process.env['KP_SEED'] ?? Date.now() % 1_000_000)) {
    this.seed = seed;
    this.state = seed | 0;
  }

  /** 0 <= n < limit (mulberry32) */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  word(): string {
    return Array.from({ length: 1 + this.below(3) }, () => this.pick(ALPHABET)).join('');
  }

  /** An edit of a text of this many code points; never a no-op. */
  operation(length: number): Operation {
    const out = new Builder();
    let left = length;
    let changed = false;
    while (left > 0) {
      const step = 1 + this.below(Math.min(left, 8));
      const kind = this.below(6);
      if (kind === 0) out.insert(this.word());
      else if (kind === 1) out.delete(step);
      else out.retain(step);
      changed ||= kind < 2;
      if (kind !== 0) left -= step;
    }
    if (!changed || this.below(3) === 0) out.insert(this.word());
    return out.done();
  }
}
