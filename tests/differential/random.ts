/**
 * Random texts and operations; KP_SEED replays a run, KP_ROUNDS lengthens it.
 * Operations are arrays as on the wire: [5, "text", -3], in code points.
 */
import type { Random } from '../../frontend/src/testing/random.ts';

export type Components = (number | string)[];

export const seed = Number(process.env['KP_SEED'] ?? Date.now());
export const rounds = (usual: number): number => usual * Number(process.env['KP_ROUNDS'] ?? 1);

export const BMP = ['a', 'b', 'c', ' ', '\n', '\t', '\\', '+', 'é', '\u0301', '中', '한', '\ud7ff', '\ue000', '\uffff'];
export const ALL = [...BMP, '😀', '👩', '\u200d', '𠮷', '\u{10000}', '\u{10ffff}'];

/** So many code points. */
export function randomText(random: Random, points: number, alphabet: readonly string[]): string {
  return Array.from({ length: points }, () => random.pick(alphabet)).join('');
}

/** Components of random kinds over a text of `points`, in no normal form. */
export function randomOperation(random: Random, points: number, alphabet: readonly string[]): Components {
  const op: Components = [];
  const most = random.below(3) ? 4 : 30;
  for (let left = points; left > 0 || random.below(2); ) {
    const count = Math.min(left, random.between(1, most));
    const kind = random.below(3);
    if (kind === 2) op.push(randomText(random, random.between(1, 3), alphabet));
    else if (count > 0) op.push(kind === 0 ? count : -count);
    if (kind !== 2) left -= count;
  }
  return op;
}

export const points = (text: string): number => [...text].length;

/** The length of what `op` makes. */
export function targetPoints(op: Components): number {
  return op.reduce<number>((sum, c) => sum + (typeof c === 'string' ? points(c) : Math.max(c, 0)), 0);
}
