// random.ts - what the tests make up at random: the seed of a run, words, edits.
// The seed comes from KP_SEED, else from the clock; every test that uses it names
// the seed in its failure.
import type { Random } from '../../../frontend/src/testing/random.ts';
import type { Operation } from './operation.ts';
import { Builder } from './operation.ts';

const ALPHABET = ['a', 'b', ' ', '\n', 'é', 'e\u0301', 'ß', '漢', '\uFFFD', '\uFFFF', '😀', '👩‍👩‍👧', '𝄞', '\u{10FFFF}'];

export function seedOfRun(): number {
  return Number(process.env['KP_SEED'] ?? Date.now() % 1_000_000);
}

export function randomWord(random: Random): string {
  return Array.from({ length: random.between(1, 3) }, () => random.pick(ALPHABET)).join('');
}

/** An edit of a text of this many code points; never a no-op. */
export function randomOperation(random: Random, length: number): Operation {
  const out = new Builder();
  let left = length;
  let changed = false;
  while (left > 0) {
    const step = random.between(1, Math.min(left, 8));
    const kind = random.below(6);
    if (kind === 0) out.insert(randomWord(random));
    else if (kind === 1) out.delete(step);
    else out.retain(step);
    changed ||= kind < 2;
    if (kind !== 0) left -= step;
  }
  if (!changed || random.below(3) === 0) out.insert(randomWord(random));
  return out.done();
}
