// A program edits a file, people type in the pad, and meanwhile server and mirror are killed. In the end the two are
// the same, and each character is there that somebody put in and nobody took out: once.
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Random } from '../../frontend/src/testing/random.ts';
import { addressOf, Cli } from './support/cli.ts';
import { v2 } from './support/clients.ts';
import { startServer } from './support/server.ts';
import { sleep, until } from './support/wait.ts';

const seed = Number(process.env['KP_SEED'] ?? Date.now() % 2 ** 31);
const ROUNDS = Number(process.env['KP_SYNC_ROUNDS'] ?? 12);

/** Characters that are put in once each. */
class Ledger {
  #next = 0x4e00;
  readonly there = new Set<string>();
  readonly taken = new Set<string>();

  put(count: number): string {
    const text = Array.from({ length: count }, () => String.fromCodePoint(this.#next++)).join('');
    for (const point of text) this.there.add(point);
    return text;
  }

  take(points: readonly string[]): void {
    for (const point of points) this.taken.add(point);
  }

  /** What is wrong with that text. */
  audit(text: string): string[] {
    const counts = new Map<string, number>();
    for (const point of text) counts.set(point, (counts.get(point) ?? 0) + 1);
    const twice = [...counts].filter(([point, count]) => point !== '\n' && count > 1).map(([point]) => `${point} is there twice`);
    const lost = [...this.there].filter((point) => !this.taken.has(point) && !counts.has(point)).map((point) => `${point} is lost`);
    return [...twice, ...lost];
  }
}

/** Something put in, and sometimes something taken out, of a text as points. */
function changed(points: readonly string[], random: Random, ledger: Ledger): { at: number; count: number; text: string } {
  const at = random.below(points.length + 1);
  const count = random.below(3) === 0 ? Math.min(random.below(6), points.length - at) : 0;
  ledger.take(points.slice(at, at + count));
  return { at, count, text: ledger.put(1 + random.below(5)) + (random.below(4) === 0 ? '\n' : '') };
}

const SAVES = [
  (file: string, text: string) => writeFileSync(file, text),
  (file: string, text: string) => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  },
];

test(`KP_SEED=${seed}: nothing is lost or doubled`, async () => {
  const random = new Random(seed);
  const ledger = new Ledger();
  const server = await startServer({ RATE_LIMITS: 'off' });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kolabpad-chaos-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'text');
  const begin = () => new Cli(['sync', addressOf(server, 'chaos'), file], { XDG_STATE_HOME: path.join(folder, 'state') });
  writeFileSync(file, ledger.put(40));
  let mirror = begin();
  await mirror.says(/kept the same/);

  const program = async (saves: number): Promise<void> => {
    for (; saves > 0; saves--) {
      const points = [...readFileSync(file, 'utf8')];
      const { at, count, text } = changed(points, random, ledger);
      random.pick(SAVES)(file, [...points.slice(0, at), text, ...points.slice(at + count)].join(''));
      // It leaves the file alone for long enough to be seen; a save right upon another is the same save.
      await sleep(random.below(4) === 0 ? 5 : 150 + random.below(200));
    }
  };
  const person = async (keys: number): Promise<void> => {
    const one = await v2(server, 'chaos');
    for (; keys > 0; keys--) {
      const { at, count, text } = changed([...one.text], random, ledger);
      if (count > 0) one.delete(at, count);
      one.insert(text, at);
      await sleep(random.below(60));
    }
    await one.settled();
    one.close();
  };

  for (let round = 0; round < ROUNDS; round++) {
    const trouble = random.below(4);
    await Promise.all([program(4), person(20), person(20)]);
    if (trouble === 0) {
      mirror.signal('SIGKILL');
      await mirror.ended;
      await program(2);
      await person(10);
      mirror = begin();
    } else if (trouble === 1) {
      await server.kill();
      await program(3);
      await server.restart();
    } else if (trouble === 2) {
      await server.kill();
      await program(1);
      mirror.signal('SIGKILL');
      await mirror.ended;
      await program(1);
      await server.restart();
      mirror = begin();
    }
  }
  const pad = () => server.text('chaos');
  await until('file and pad are the same', async () => readFileSync(file, 'utf8') === (await pad()) && (await sleep(1500), readFileSync(file, 'utf8') === (await pad())), 60_000);
  expect(ledger.audit(await pad()), mirror.err).toEqual([]);
});
