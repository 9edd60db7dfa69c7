// A thousand tabs of a hundred pads, spread over three servers, of which one is killed, and
// then another: whoever had a pad there, or came through it, is in step again at one that
// lives, and is sent what was missed and nothing else.
//
// KP_MEASURE prints how long it took. On a machine that has nothing else to do it is a lease
// and three seconds; the test itself is more patient.
import { describe, expect, test } from 'vitest';
import type { Tab } from './support/clients.ts';
import { V2Client, freshTab } from './support/clients.ts';
import { checkTables } from './support/invariants.ts';
import { ownerOf, startNode, startPostgres } from './support/nodes.ts';
import { whyNoPostgres } from './support/postgres.ts';
import type { Server } from './support/server.ts';
import { PATIENCE_MS, sleep } from './support/wait.ts';

const PADS = 100;
const TABS = 1000;
const TEXT = 'x'.repeat(5_000);
/** How soon a page dials after its connection has ended, at most. */
const JITTER_MS = 1000;
const AT_ONCE = 50;

const missing = whyNoPostgres();
const title = `a server of three is killed${missing === null ? '' : ` (skipped: ${missing})`}`;
const padOf = (i: number): string => `storm-${i % PADS}`;

type Visitor = { pad: string; tab: Tab; client: V2Client };

async function open(servers: readonly Server[]): Promise<Visitor[]> {
  const visitors: Visitor[] = [];
  for (let i = 0; i < TABS; i += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, async (_, j) => {
      const [pad, tab] = [padOf(i + j), freshTab()];
      return { pad, tab, client: await V2Client.open(servers[(i + j) % servers.length]!, pad, { tab }) };
    });
    visitors.push(...(await Promise.all(some)));
  }
  return visitors;
}

/** Back at any of them; when that was, as performance.now(). */
async function comeBack(visitor: Visitor, servers: readonly Server[], revision: number): Promise<number> {
  await visitor.client.closing();
  for (let pause = Math.random() * JITTER_MS; ; pause = 200 + Math.random() * JITTER_MS) {
    await sleep(pause);
    const server = servers[Math.floor(Math.random() * servers.length)]!;
    const client = await V2Client.open(server, visitor.pad, { tab: visitor.tab }).catch(() => undefined);
    if (client === undefined) continue;
    visitor.client = client;
    await client.until('what was missed', () => client.replica.revision === revision);
    expect(client.welcome.resumed).toBe(true);
    expect(client.all('Snapshot')).toEqual([]);
    expect(client.bytesReceived).toBeLessThan(TEXT.length);
    return performance.now();
  }
}

describe.skipIf(missing !== null)(title, () => {
  test(`and then another, with ${TABS} tabs of ${PADS} pads`, { timeout: 400_000 }, async () => {
    const postgres = await startPostgres();
    const settings = { CLUSTER_LEASE_SECONDS: 5, HTTP_CONNECTIONS: 3000, KP_TEST_HELLO_TIMEOUT_MS: 60_000 };
    const servers = [await startNode(postgres.url, settings), await startNode(postgres.url, settings), await startNode(postgres.url, settings)];
    const visitors = await open(servers);
    const firsts = visitors.slice(0, PADS);
    await Promise.all(firsts.map(({ client }) => client.type(TEXT)));
    let revision = 1;

    while (servers.length > 1) {
      await Promise.all(visitors.map(({ client }) => client.until('the text', () => client.replica.revision === revision)));
      const dying = servers.pop()!;
      const killed = performance.now();
      await dying.kill();
      const back = await Promise.all(
        visitors.map(async (visitor) => {
          // through it, or to a pad of it; the others do not notice
          await Promise.race([visitor.client.closing(), sleep(3_000)]);
          return visitor.client.closed === undefined ? killed : comeBack(visitor, servers, revision);
        }),
      );
      const ms = Math.max(...back) - killed;
      const count = back.filter((when) => when > killed).length;
      if (process.env['KP_MEASURE']) console.log(`${count} of ${TABS} tabs in step again ${Math.round(ms)} ms after the kill`);
      expect(count).toBeGreaterThan(TABS / 3);
      expect(ms).toBeLessThan(PATIENCE_MS * 4);
      // and everybody hears of what is typed now
      await Promise.all(firsts.map(({ client }) => client.type('!')));
      revision += 1;
    }
    await Promise.all(visitors.map(({ client }) => client.until('the last edit', () => client.replica.revision === revision)));
    for (const { client } of visitors) expect(client.text).toBe(`${TEXT}!!`);
    for (let i = 0; i < PADS; i += 10) expect(ownerOf(postgres, padOf(i))).toBe(servers[0]!.port);
    expect(servers[0]!.log).not.toMatch(/document_conflict/);
    checkTables(postgres);
    visitors.forEach(({ client }) => client.socket.terminate());
  });
});
