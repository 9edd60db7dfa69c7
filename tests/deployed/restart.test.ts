// Restarts while people type: KP_RESTART is the command. Every tab resumes,
// every edit arrives once, and where somebody keeps the port nobody is refused.
// What restarts behind the server need not end a connection: KP_RECONNECTS=some.
import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Tab } from '../blackbox/support/clients.ts';
import { freshTab } from '../blackbox/support/clients.ts';
import { sleep } from '../blackbox/support/wait.ts';
import { ask, freshPad, join } from './site.ts';

const RESTART = process.env['KP_RESTART'];
const REFUSALS_ALLOWED = process.env['KP_REFUSALS'] === 'some';
const EVERYBODY_RECONNECTS = process.env['KP_RECONNECTS'] !== 'some';
const run = promisify(exec);

class Writer {
  typed = 0;
  connections = 0;
  refusals = 0;
  readonly tab: Tab = freshTab();

  constructor(readonly pad: string) {}

  /** Types, and comes back whenever the connection ends, as the page does. */
  async work(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      try {
        const person = await join(this.pad, this.tab);
        this.connections += 1;
        await person.settled();
        while (!isOver()) {
          const token = `<${this.typed}>`;
          this.typed += 1; // from here on it is the tab's: sent now or when it is back
          await person.type(token);
          await sleep(5);
        }
        await person.settled();
        return;
      } catch (error) {
        if (/ECONNREFUSED/.test(String(error))) this.refusals += 1;
        await sleep(20);
      }
    }
  }

  async finish(): Promise<string> {
    const person = await join(this.pad, this.tab);
    await person.settled();
    return person.text;
  }
}

test.runIf(RESTART)('restarts under load', async () => {
  const writers = Array.from({ length: 8 }, () => new Writer(freshPad()));
  let isOver = false;
  const work = writers.map((writer) => writer.work(() => isOver));
  const visits = { asked: 0, refused: 0 };
  const visiting = (async () => {
    while (!isOver) {
      visits.asked += 1;
      await ask('/api/health').catch((error: Error) => {
        if (/ECONNREFUSED/.test(String(error))) visits.refused += 1;
      });
      await sleep(2);
    }
  })();
  for (let round = 0; round < 3; round++) {
    await sleep(1_000);
    await run(RESTART!);
  }
  await sleep(2_000);
  isOver = true;
  await Promise.all([...work, visiting]);
  for (const writer of writers) {
    const expected = Array.from({ length: writer.typed }, (_, n) => `<${n}>`).join('');
    expect(await writer.finish()).toBe(expected);
    if (EVERYBODY_RECONNECTS) expect(writer.connections).toBeGreaterThanOrEqual(2);
  }
  const refused = visits.refused + writers.reduce((sum, writer) => sum + writer.refusals, 0);
  console.log(`typed ${writers.reduce((sum, { typed }) => sum + typed, 0)}, visits ${visits.asked}, refused ${refused}`);
  if (!REFUSALS_ALLOWED) expect(refused).toBe(0);
});
