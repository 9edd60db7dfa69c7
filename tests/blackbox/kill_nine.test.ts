// kill -9 at random moments under load: whatever any client saw in a History
// is there after the restart, exactly once.
import { expect, test } from 'vitest';
import type { Client } from './support/clients.ts';
import { V1Client, V2Client } from './support/clients.ts';
import type { Operation } from './support/operation.ts';
import { Random } from '../../frontend/src/testing/random.ts';
import { seedOfRun } from './support/random.ts';
import { startServer } from './support/server.ts';
import { sleep } from './support/wait.ts';

const TIMES = Number(process.env['KP_KILL_COUNT'] ?? 4);
const PADS = 3;
const random = new Random(seedOfRun());

test(`${TIMES} kills under load lose nothing that anyone saw (seed ${random.seed})`, { timeout: 300_000 + TIMES * 20_000 }, async () => {
  const server = await startServer({
    RATE_LIMITS: 'off',
    KP_TEST_PERSIST_CHECK_MS: 40,
    KP_TEST_IDLE_PERSIST_MS: 60,
    KP_TEST_SAFETY_NET_MS: 150,
  });
  const seen = Array.from({ length: PADS }, () => new Set<string>());

  for (let kill = 0; kill < TIMES; kill++) {
    const typing = { on: true };
    const people = await Promise.all(
      Array.from({ length: PADS * 3 }, (_, i) => {
        const pad = `kill-${i % PADS}`;
        return i < PADS * 2 ? V2Client.open(server, pad) : V1Client.open(server, pad);
      }),
    );
    const work = Promise.allSettled(people.map((person, i) => type(person, `${kill}.${i}`, typing)));
    await sleep(60 + random.below(500));
    await server.kill();
    typing.on = false;
    await work;
    people.forEach((person, i) => {
      for (const token of tokensIn(person)) (seen[i % PADS] as Set<string>).add(token);
      person.socket.terminate();
    });

    await server.restart();
    for (let pad = 0; pad < PADS; pad++) {
      const text = await server.text(`kill-${pad}`);
      const there: string[] = text.match(/<[^>]*>/g) ?? [];
      expect(there.join('')).toBe(text); // nothing torn
      expect(new Set(there).size, `doubled in pad ${pad} after kill ${kill}`).toBe(there.length);
      const missing = [...(seen[pad] as Set<string>)].filter((token) => !there.includes(token));
      expect(missing, `lost in pad ${pad} by kill ${kill}`).toEqual([]);
    }
  }
  const total = seen.reduce((sum, tokens) => sum + tokens.size, 0);
  expect(total).toBeGreaterThan(TIMES); // there was load
  if (process.env['KP_MEASURE']) console.log(`${TIMES} kills, ${total} acknowledged edits, none lost`);
});

/** Each edit is one token of its own, put at the end or at the start. */
async function type(person: Client, name: string, typing: { on: boolean }): Promise<void> {
  for (let n = 0; typing.on && !person.closed; n++) {
    person.insert(`<${name}.${n}>`, n % 2 === 0 ? 0 : person.length);
    await person.settled();
    if (n % 5 === 0) await sleep(2);
  }
}

function tokensIn(person: Client): string[] {
  return person
    .all('History')
    .flatMap(({ operations }) => operations as { operation: Operation }[])
    .flatMap(({ operation }) => operation.filter((part): part is string => typeof part === 'string'))
    .flatMap((text) => Array.from(text.matchAll(/<[^>]*>/g), ([token]) => token));
}
