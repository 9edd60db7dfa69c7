/** The browser module's allocator: blocks keep their content, and come back. */
import { expect, test } from 'vitest';
import { Random } from '../../frontend/src/testing/random.ts';
import { bytesAt, heapUsed, kp } from './kernel.ts';
import { rounds, seed } from './random.ts';

interface Block {
  address: number;
  length: number;
  fill: number;
}

function take(random: Random, most: number): Block {
  const block = { address: 0, length: 1 + random.below(most), fill: random.below(256) };
  block.address = kp.kp_alloc!(block.length);
  if (block.address === 0 || block.address % 8 !== 0) throw new Error(`a block at ${block.address}`);
  bytesAt(block.address, block.length).fill(block.fill);
  return block;
}

function giveBack({ address, length, fill }: Block): void {
  if (!bytesAt(address, length).every((byte) => byte === fill)) throw new Error(`a block at ${address} was overwritten`);
  kp.kp_free!(address);
}

test(`KP_SEED=${seed}: blocks do not overlap, and all come back`, () => {
  const random = new Random(seed);
  const blocks: Block[] = [];
  for (let round = rounds(20_000); round > 0; round--) {
    if (blocks.length < 200 && random.below(2)) blocks.push(take(random, random.below(20) ? 200 : 50_000));
    else if (blocks.length) giveBack(blocks.splice(random.below(blocks.length), 1)[0]!);
  }
  blocks.forEach(giveBack);
  expect(heapUsed()).toBe(0);
});

test('freed memory is used again, also in one large piece', () => {
  const random = new Random(seed);
  for (let round = 0; round < 10; round++) {
    const small = Array.from({ length: 2000 }, () => take(random, 1000));
    small.sort(() => random.below(3) - 1).forEach(giveBack);
    const large = kp.kp_alloc!(1_000_000);
    expect(large).toBeGreaterThan(0);
    kp.kp_free!(large);
  }
  expect(kp.memory.buffer.byteLength).toBeLessThan(4 << 20);
});

test('what was used is counted to the byte', () => {
  const before = heapUsed();
  const one = kp.kp_alloc!(24);
  const size = heapUsed() - before;
  expect(size).toBeGreaterThanOrEqual(24);
  const two = kp.kp_alloc!(24);
  expect(heapUsed() - before).toBe(2 * size);
  kp.kp_free!(one);
  expect(heapUsed() - before).toBe(size);
  kp.kp_free!(two);
  kp.kp_free!(0);
  expect(heapUsed()).toBe(before);
});

test('too much is refused, and the rest goes on', () => {
  expect(kp.kp_alloc!(0x7fff_ffff)).toBe(0);
  expect(kp.kp_alloc!(0x3fff_fff0)).toBe(0); // more than the module may grow to
  expect(heapUsed()).toBe(0);
  giveBack(take(new Random(seed), 100));
});
