/**
 * Seeded random numbers for tests: the same seed gives the same numbers on every
 * machine, so a test that prints its seed can be replayed. Not for secrets.
 *
 * The generator is mulberry32: 32 bits of state, a period of 2^32, and quick
 * enough that a test's time goes into what it tests.
 */

export class Random {
  #state: number;

  /** `seed`: any integer; its lower 32 bits count. */
  constructor(readonly seed: number) {
    this.#state = seed | 0;
  }

  /** A stream of its own for the part of a test with that name. Parts that draw
   * from their own streams stay the same when another part is left out. */
  static of(seed: number, name: string): Random {
    let hash = seed | 0;
    for (const character of name) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193); // as in FNV-1a
    return new Random(hash);
  }

  /** An integer n with 0 <= n < limit, for 1 <= limit <= 2^32. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  /** An integer n with least <= n <= most. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True in that many of a hundred draws. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}
