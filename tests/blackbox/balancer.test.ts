// Several servers behind a real balancer: whatever it does, there is one address and one text.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Tab, V2Client } from './support/clients.ts';
import { freshTab, v1, v2 } from './support/clients.ts';
import type { Address } from './support/haproxy.ts';
import { haproxy, whyNoHaproxy } from './support/haproxy.ts';
import { request } from './support/http.ts';
import { Postgres, whyNoPostgres } from './support/postgres.ts';
import { Server, freePort } from './support/server.ts';
import { sleep, until } from './support/wait.ts';

const missing = whyNoPostgres() ?? whyNoHaproxy();
let postgres: Postgres;
let nodes: Server[];

async function start(): Promise<Server> {
  const port = await freePort();
  return Server.start({
    DATABASE_URL: postgres.url, PORT: port, CLUSTER_ADDRESS: `127.0.0.1:${port}`, TRUSTED_PROXIES: '127.0.0.1', RATE_LIMITS: 'off',
  });
}

const ports = (): number[] => nodes.map(({ port }) => port);
const tunnels = async (): Promise<number[]> => Promise.all(nodes.map(async (node) => (await node.stats())['tunnels']!));
const textAt = async (at: Address, id: string): Promise<string> => (await request(at.port, `/api/text/${id}`)).text;
const atBalancer = (at: Address): Server => at as unknown as Server; // clients ask for nothing else

/** Comes again, as the page does, until it is in. */
async function comeAgain(at: Address, id: string, tab: Tab): Promise<V2Client> {
  return until('to be in again', () => v2(atBalancer(at), id, { tab }).catch(() => undefined));
}

describe.skipIf(missing !== null)(`three servers behind HAProxy${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  beforeEach(async () => {
    postgres = await Postgres.start();
    nodes = [await start(), await start(), await start()];
  });
  afterEach(async () => {
    for (const server of nodes) await server.dispose();
    await postgres.dispose();
  });

  test.each(['roundrobin', 'leastconn', 'uri'])('balance %s: everybody meets in the same pads', async (balance) => {
    const at = await haproxy(balance, ports());
    const ids = Array.from({ length: 8 }, (_, i) => `pad-${balance}-${i}`);
    const people = await Promise.all(
      ids.flatMap((id) => Array.from({ length: 4 }, async (_, i) => ({ id, client: await (i === 3 ? v1 : v2)(atBalancer(at), id) }))),
    );
    for (let round = 0; round < 5; round++) {
      for (const { client } of people) client.insert('x', Math.floor(Math.random() * (client.length + 1)));
      await sleep(10);
    }
    for (const id of ids) {
      await until(`all of ${id} to be there`, async () => (await textAt(at, id)) === 'x'.repeat(20));
      const here = people.filter((person) => person.id === id);
      await until('all to see it', () => here.every(({ client }) => client.text.length === 20));
    }
    const sum = (await tunnels()).reduce((a, b) => a + b);
    if (balance === 'uri') expect(sum).toBe(0); // every pad's people came to the same server
    else expect(sum).toBeGreaterThan(8);
  });

  test('a server is killed while people type, and what was acknowledged is there once', async () => {
    const at = await haproxy('roundrobin', ports());
    const id = 'killed';
    const tabs = Array.from({ length: 6 }, () => freshTab());
    const people = await Promise.all(tabs.map((tab) => v2(atBalancer(at), id, { tab })));
    const acknowledged: string[] = [];
    let killed = false;
    const writers = people.map(async (first, n) => {
      let client = first;
      for (let i = 0; i < 25; i++) {
        if (client.closed !== undefined) client = await comeAgain(at, id, tabs[n]!);
        const word = `<${n}.${i}>`;
        client.insert(word);
        const settled = await Promise.race([client.settled().then(() => true, () => false), client.closing(60_000).then(() => false)]);
        if (settled) acknowledged.push(word);
        if (n === 0 && i === 8 && !killed) {
          killed = true;
          await nodes[0]!.kill();
        }
        await sleep(20);
      }
      return client;
    });
    await Promise.all(writers);
    const text = await until('the text', () => textAt(at, id).then((found) => (found.startsWith('<') ? found : undefined), () => undefined));
    for (const word of acknowledged) expect(text.split(word), word).toHaveLength(2);
  });

  test('servers are replaced one after the other, and nobody is lost', async () => {
    const at = await haproxy('roundrobin', ports());
    const tabs = Array.from({ length: 5 }, () => freshTab());
    let people = await Promise.all(tabs.map((tab) => v2(atBalancer(at), 'rolling', { tab })));
    for (const [round, node] of nodes.entries()) {
      for (const [n, client] of people.entries()) await client.type(`<${round}.${n}>`);
      expect((await node.stop()).code).toBe(0);
      await node.restart();
      people = await Promise.all(people.map((client, n) => (client.closed === undefined ? client : comeAgain(at, 'rolling', tabs[n]!))));
    }
    const text = await textAt(at, 'rolling');
    for (let round = 0; round < 3; round++) for (let n = 0; n < 5; n++) expect(text.split(`<${round}.${n}>`)).toHaveLength(2);
  });
});
