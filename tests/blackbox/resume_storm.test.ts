// A restart is cheap: everybody comes back at once, is back in step within
// seconds, and is sent what he missed and nothing else.
//
// KP_MEASURE prints how long it took. The 2 s that are promised are of a
// machine that has nothing else to do; the test itself is more patient.
import { expect, test } from 'vitest';
import type { Tab } from './support/clients.ts';
import { freshTab, V2Client } from './support/clients.ts';
import type { Server } from './support/server.ts';
import { startServer } from './support/server.ts';
import { PATIENCE_MS, sleep } from './support/wait.ts';

const PADS = 100;
const TABS_OF_A_PAD = 10;
const TEXT = 'x'.repeat(20_000);
/** How long after the server is there the last of them dials, as the page spreads it. */
const JITTER_MS = 1000;
const AT_ONCE = 50;

const padOf = (i: number): string => `storm-${i % PADS}`;

test(`${PADS * TABS_OF_A_PAD} tabs of ${PADS} pads resume after a kill`, async () => {
  const server = await startServer({ RATE_LIMITS: 'off', HTTP_CONNECTIONS: 2000, KP_TEST_HELLO_TIMEOUT_MS: 60_000 });
  const tabs = Array.from({ length: PADS * TABS_OF_A_PAD }, () => freshTab());
  const clients = await opened(server, tabs);
  await Promise.all(clients.slice(0, PADS).map((client) => client.type(TEXT)));
  await Promise.all(clients.map((client) => client.until('the text', () => client.replica.revision === 1)));

  // half of them miss an edit of each pad
  const away = clients.slice(clients.length / 2);
  await Promise.all(away.map((client) => client.cut()));
  await Promise.all(clients.slice(0, PADS).map((client) => client.type('!')));
  await server.kill();
  await server.restart();

  const listening = performance.now();
  const inStep: number[] = [];
  const back = await Promise.all(
    tabs.map(async (tab, i) => {
      await sleep((i * JITTER_MS) / tabs.length);
      const client = await V2Client.open(server, padOf(i), { tab });
      await client.until('what was missed', () => client.replica.revision === 2);
      inStep.push(performance.now() - listening);
      return client;
    }),
  );
  for (const client of back) {
    expect(client.welcome.resumed).toBe(true);
    expect(client.all('Snapshot')).toEqual([]);
    expect(client.length).toBe(TEXT.length + 1);
    expect(client.bytesReceived).toBeLessThan(TEXT.length / 2);
  }
  const ms = Math.max(...inStep);
  if (process.env['KP_MEASURE']) console.log(`${back.length} tabs in step ${Math.round(ms)} ms after the server listened`);
  expect(ms).toBeLessThan(PATIENCE_MS * 4);
  back.forEach(({ socket }) => socket.terminate());
});

/** A few at a time: it is the return that is measured. */
async function opened(server: Server, tabs: readonly Tab[]): Promise<V2Client[]> {
  const clients: V2Client[] = [];
  for (let i = 0; i < tabs.length; i += AT_ONCE) {
    const some = tabs.slice(i, i + AT_ONCE).map((tab, j) => V2Client.open(server, padOf(i + j), { tab }));
    clients.push(...(await Promise.all(some)));
  }
  return clients;
}
