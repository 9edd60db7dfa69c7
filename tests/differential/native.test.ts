/**
 * The server's build of the operations against the browser's, on texts with
 * astral characters: the same sources, another compiler target, allocator and
 * word size.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { initKernel, operationBetween, Rope } from '../../frontend/src/sync/index.ts';
import { Random } from '../../frontend/src/testing/random.ts';
import * as kernel from './kernel.ts';
import { ALL, points, randomOperation, randomText, rounds, seed, targetPoints, type Components } from './random.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = `${root}/build/differential/op_cli`;

beforeAll(() => {
  mkdirSync(`${root}/build/differential`, { recursive: true });
  const sources = ['base', 'text', 'ot'].flatMap((layer) =>
    readdirSync(`${root}/src/${layer}`).filter((name) => name.endsWith('.c')).map((name) => `src/${layer}/${name}`),
  );
  const flags = ['-std=c17', '-O1', '-g', '-D_GNU_SOURCE', '-Isrc', '-Itests'];
  execFileSync('cc', [...flags, '-o', binary, 'tests/support/op_cli.c', ...sources], { cwd: root, stdio: 'inherit' });
}, 60_000);

// ---- the language of tests/support/op_text.h --------------------------------

const letters: Record<string, string> = { ' ': '\\s', '\n': '\\n', '\t': '\\t', '\\': '\\\\' };
const escape = (text: string) => text.replace(/[ \n\t\\]/g, (c) => letters[c]!);

const line = (op: Components) =>
  op.map((c) => (typeof c === 'string' ? `+${escape(c)}` : c > 0 ? `=${c}` : `-${-c}`)).join(' ');

/** One process answers all requests. */
const native = (requests: string[][]): string[] =>
  execFileSync(binary, { input: requests.map((fields) => `${fields.join('\t')}\n`).join(''), encoding: 'utf8', maxBuffer: 1 << 28 })
    .split('\n')
    .slice(0, -1);

/** Makes requests, and the answers of the browser's build; compares. */
function compare(usual: number, make: (random: Random) => { request: string[]; answer: string }): void {
  const random = new Random(seed);
  const cases = Array.from({ length: rounds(usual) }, () => make(random));
  const answers = native(cases.map(({ request }) => request));
  expect(answers.length).toBe(cases.length);
  cases.forEach(({ request, answer }, i) => expect(answers[i], request.join('  ')).toBe(answer));
}

// ---- the comparisons --------------------------------------------------------

test(`KP_SEED=${seed}: compose`, () => {
  compare(1500, (random) => {
    const a = randomOperation(random, random.below(40), ALL);
    const b = randomOperation(random, targetPoints(a), ALL);
    return { request: ['compose', line(a), line(b)], answer: line(kernel.compose(a, b)) };
  });
});

for (const [verb, order] of [['transform', 'by text'], ['a_first', 'a first'], ['b_first', 'b first']] as const) {
  test(`transform, inserts ${order}`, () => {
    compare(3000, (random) => {
      const base = random.below(40);
      const [a, b] = [randomOperation(random, base, ALL), randomOperation(random, base, ALL)];
      return { request: [verb, line(a), line(b)], answer: kernel.transform(a, b, order).map(line).join('\t') };
    });
  });
}

test('apply and invert', () => {
  compare(1500, (random) => {
    const text = randomText(random, random.below(40), ALL);
    const op = randomOperation(random, points(text), ALL);
    return random.below(2)
      ? { request: ['apply', escape(text), line(op)], answer: escape(kernel.apply(text, op)) }
      : { request: ['invert', escape(text), line(op)], answer: line(kernel.invert(text, op)) };
  });
});

test('texts over many leaves', () => {
  compare(20, (random) => {
    const text = randomText(random, 2000 + random.below(8000), ALL);
    const op = randomOperation(random, points(text), ALL);
    return { request: ['apply', escape(text), line(op)], answer: escape(kernel.apply(text, op)) };
  });
});

test('carets', () => {
  compare(1500, (random) => {
    const base = random.below(40);
    const op = randomOperation(random, base, ALL);
    const at = random.below(base + 3);
    return { request: ['caret', line(op), String(at)], answer: String(kernel.caret(op, at)) };
  });
});

/** Lines of a few words, so that whole lines and words come again, and are moved, changed and left out. */
function randomPage(random: Random): string {
  const words = ['one', 'two', 'three', 'Straße', '中', '😀', '\u2003', '  ', '(', ')', '_x9', '\ufeff', 'a', 'b'];
  const line = () => Array.from({ length: random.below(7) }, () => random.pick(words)).join(random.pick(['', ' ', '\t']));
  return Array.from({ length: random.below(12) }, line).join('\n') + (random.below(2) ? '\n' : '');
}

function changed(text: string, random: Random): string {
  const lines = text.split('\n');
  for (let n = random.below(4); n > 0; n--) {
    const at = random.below(lines.length);
    if (random.below(3) === 0) lines.splice(at, 1);
    else if (random.below(3) === 0) lines.splice(random.below(lines.length + 1), 0, randomPage(random));
    else lines[at] = points(lines[at] ?? '') > 0 ? kernel.apply(lines[at]!, randomOperation(random, points(lines[at]!), ALL)) : 'new';
  }
  return lines.join('\n');
}

test('the difference between two texts is that of the page', () => {
  initKernel(readFileSync(`${root}/build/wasm/kernel.wasm`));
  const rope = new Rope();
  compare(2000, (random) => {
    const from = random.below(4) ? randomPage(random) : randomText(random, random.below(700), ALL);
    const to = random.below(5) ? changed(from, random) : randomPage(random);
    rope.set(from);
    const op = operationBetween(rope, to);
    const answer = line(op.toJSON() as Components);
    op.free();
    return { request: ['between', escape(from), escape(to)], answer };
  });
  rope.free();
});

test('both refuse what does not fit', () => {
  expect(native([['compose', '=3', '=4'], ['apply', 'abc', '=4'], ['transform', '=1', '-2'], ['apply', 'a', '+\\r =1']])).toEqual([
    '! bad_operation', '! bad_operation', '! bad_operation', '! bad_text',
  ]);
  expect(() => kernel.compose([3], [4])).toThrow(kernel.KernelRefused);
  expect(() => kernel.apply('abc', [4])).toThrow(kernel.KernelRefused);
  expect(() => kernel.transform([1], [-2])).toThrow(kernel.KernelRefused);
  expect(() => kernel.apply('a', ['\r', 1])).toThrow(kernel.KernelRefused);
});

test('nothing is left in the kernel', () => {
  expect(kernel.heapUsed()).toBe(0);
});
