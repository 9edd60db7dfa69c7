// typing.ts - what people do to a text: type on, insert, delete, replace, paste,
// cut a lot; at one place or several.
import type { Random } from '../../frontend/src/testing/random.ts';
import type { Ledger } from './ledger.ts';

/** Replace [from, to) of a text by `insert`. Code points. */
export type Stroke = { from: number; to: number; insert: string };

/** A text that grows beyond this is cut back, so that a run costs the same at its end as at its start. */
const LONG_POINTS = 2500;

/** Changes of a text of `length` code points, in order, none touching another. */
export function strokes(length: number, random: Random, ledger: Ledger): Stroke[] {
  if (length > LONG_POINTS) return [cutBack(length, random)];
  const places = random.chance(15) ? 3 : 1;
  const cuts = Array.from({ length: places * 2 }, () => random.below(length + 1)).sort((a, b) => a - b);
  const result: Stroke[] = [];
  for (let i = 0; i < cuts.length; i += 2) {
    const from = cuts[i]!;
    const most = Math.min(cuts[i + 1]!, from + 12);
    if (i > 0 && from <= cuts[i - 1]!) continue;
    const stroke = strokeAt(from, most, random, ledger);
    if (stroke.to > from || stroke.insert !== '') result.push(stroke);
  }
  return result;
}

function strokeAt(from: number, most: number, random: Random, ledger: Ledger): Stroke {
  const dice = random.below(100);
  if (dice < 50) return { from, to: from, insert: ledger.coin(1, random) };
  if (dice < 68) return { from, to: from, insert: ledger.coin(random.between(2, 6), random) };
  if (dice < 70) return { from, to: from, insert: ledger.coin(random.between(50, 300), random) };
  if (dice < 88) return { from, to: most, insert: '' };
  return { from, to: most, insert: ledger.coin(random.between(1, 5), random) };
}

function cutBack(length: number, random: Random): Stroke {
  const from = random.below(length - 600);
  return { from, to: from + 600, insert: '' };
}
