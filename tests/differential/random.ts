/**
 * Random texts and operations; KP_SEED replays a run, KP_ROUNDS lengthens it.
 * Operations are arrays as on the wire: [5, "text", -3], in code points.
 */
export type Components = (number | string)[];

export const seed = process.env['KP_SEED'] ? BigInt(process.env['KP_SEED']) : BigInt(Date.now());
export const rounds = (usual: number): number => usual * Number(process.env['KP_ROUNDS'] ?? 1);

export const BMP = ['a', 'b', 'c', ' ', '\n', '\t', '\\', '+', 'é', '\u0301', '中', '한', '\ud7ff', '\ue000', '\uffff'];
export const ALL = [...BMP, '😀', '👩', '\u200d', '𠮷', '\u{10000}', '\u{10ffff}'];

/** splitmix64, as in tests/support/random.h */
export class Random {
  #state: bigint;

  constructor(start: bigint) {
    this.#state = start;
  }

  below(limit: number): number {
    const wrap = (n: bigint) => BigInt.asUintN(64, n);
    this.#state = wrap(this.#state + 0x9e3779b97f4a7c15n);
    let z = this.#state;
    z = wrap((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = wrap((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return Number(((z ^ (z >> 31n)) >> 32n) * BigInt(limit) >> 32n);
  }

  text(points: number, alphabet: readonly string[]): string {
    return Array.from({ length: points }, () => alphabet[this.below(alphabet.length)]).join('');
  }

  /** Components of random kinds over a text of `points`, in no normal form. */
  operation(points: number, alphabet: readonly string[]): Components {
    const op: Components = [];
    const most = this.below(3) ? 4 : 30;
    for (let left = points; left > 0 || this.below(2); ) {
      const count = Math.min(left, 1 + this.below(most));
      const kind = this.below(3);
      if (kind === 2) op.push(this.text(1 + this.below(3), alphabet));
      else if (count > 0) op.push(kind === 0 ? count : -count);
      if (kind !== 2) left -= count;
    }
    return op;
  }
}

export const points = (text: string): number => [...text].length;

/** The length of what `op` makes. */
export function targetPoints(op: Components): number {
  return op.reduce<number>((sum, c) => sum + (typeof c === 'string' ? points(c) : Math.max(c, 0)), 0);
}
