// What several servers on one PostgreSQL say of themselves, to balancers and to operators,
// and whom they send away.
import { describe, expect, onTestFinished, test } from 'vitest';
import { v2 } from './support/clients.ts';
import { json } from './support/http.ts';
import { startNode, startPostgres } from './support/nodes.ts';
import { PgProxy } from './support/pg_proxy.ts';
import { whyNoPostgres } from './support/postgres.ts';
import type { Server } from './support/server.ts';
import { freshId, startServer } from './support/server.ts';
import { sleep, until } from './support/wait.ts';

const missing = whyNoPostgres();
const title = `health of several servers${missing === null ? '' : ` (skipped: ${missing})`}`;

type Health = { status: string; ready: boolean; database: string };

async function health(server: Server): Promise<Health & { code: number }> {
  const answer = await server.get('/api/health');
  return { ...json<Health>(answer), code: answer.status };
}

type Cluster = {
  incarnation: string;
  address: string;
  status: string;
  a_committed_edit_is: string;
  lease_left_ms: number;
  others: { incarnation: string; address: string; draining: boolean }[];
  owner?: string | null;
};

const cluster = async (server: Server, query = ''): Promise<Cluster> => json<Cluster>(await server.get(`/api/cluster${query}`));

/** Two servers, each with a line to the database that can be cut. */
async function twoOnProxies(): Promise<{ servers: [Server, Server]; lines: [PgProxy, PgProxy] }> {
  const postgres = await startPostgres();
  const lines = [await PgProxy.start(postgres.port), await PgProxy.start(postgres.port)] as [PgProxy, PgProxy];
  for (const line of lines) onTestFinished(() => line.dispose());
  const [one, two] = lines.map(({ port }) => `postgres://kolabpad@127.0.0.1:${port}/kolabpad`);
  const servers: [Server, Server] = [await startNode(one!), await startNode(two!)];
  for (const server of servers) await until('each other', async () => (await cluster(server)).others.length === 1);
  return { servers, lines };
}

describe.skipIf(missing !== null)(title, () => {
  test('one that is cut off from the database sends its people to one that is not', async () => {
    const { servers, lines } = await twoOnProxies();
    const [one, two] = servers;
    const id = freshId();
    const alice = await v2(one, id);
    await alice.type('saved');
    await lines[0].say('down');
    alice.insert('!');
    await until('503', async () => (await health(one)).code === 503);
    expect(await health(two)).toMatchObject({ code: 200, status: 'ok', database: 'ok' });
    await alice.until('the end', () => alice.closed !== undefined).catch(() => undefined);
    expect(alice.closed?.code).toBe(1013);
    expect(await health(one)).toMatchObject({ code: 503, status: 'failing', database: 'not writable' });
    const again = await until('the other', () => v2(two, id, { tab: alice.tab }).catch(() => undefined));
    await again.settled();
    expect(again.text).toBe('saved!');
    expect((await one.get(`/api/text/${id}`)).status).toBe(503); // and does not read from memory

    await lines[0].say('up');
    await until('200', async () => (await health(one)).code === 200);
    expect(await until('the text', () => one.text(id).catch(() => undefined))).toBe('saved!');
  });

  test('when nobody has the database, all go on as well as they can', async () => {
    const { servers, lines } = await twoOnProxies();
    const id = freshId();
    const alice = await v2(servers[0], id);
    await alice.type('saved');
    for (const line of lines) await line.say('down');
    alice.insert('!');
    await sleep(6_000); // longer than a lease
    for (const server of servers) expect(await health(server)).toMatchObject({ code: 200, status: 'failing', database: 'not writable' });
    expect(alice.closed).toBeUndefined();
    // it comes back for one of them first
    await lines[1].say('up');
    await until('ok', async () => (await health(servers[1])).status === 'ok');
    await sleep(1_200);
    await lines[0].say('up');
    await alice.settled();
    expect(alice.text).toBe('saved!');
    for (const server of servers) await until('ok', async () => (await health(server)).status === 'ok');
  });

  test('one that is alone on its database and has lost it is not ready', async () => {
    const postgres = await startPostgres();
    const line = await PgProxy.start(postgres.port);
    onTestFinished(() => line.dispose());
    const server = await startNode(`postgres://kolabpad@127.0.0.1:${line.port}/kolabpad`);
    await line.say('down');
    await until('503', async () => (await health(server)).code === 503);
    await line.say('up');
    await until('200', async () => (await health(server)).code === 200);
  });

  test('DRAIN_SECONDS: it says 503 and serves on, and the others know', async () => {
    const postgres = await startPostgres();
    const [one, two] = [await startNode(postgres.url, { DRAIN_SECONDS: 3 }), await startNode(postgres.url)];
    const id = freshId();
    const alice = await v2(one, id);
    await alice.type('before');
    one.signal('SIGTERM');
    await until('503', async () => (await health(one)).status === 'draining');
    await alice.type(', and while it drains');
    await until('the other to know', async () => (await cluster(two)).others[0]?.draining);
    expect((await one.exited()).code).toBe(0);
    expect(await two.text(id)).toBe('before, and while it drains');
  });

  test('a second signal cuts draining short', async () => {
    const server = await startServer({ DRAIN_SECONDS: 60 });
    server.signal('SIGTERM');
    await server.logged(/Draining/);
    server.signal('SIGTERM');
    expect((await server.exited()).code).toBe(0);
  });

  test('/api/cluster: who is there, who has what, and what a commit survives', async () => {
    const postgres = await startPostgres();
    const [one, two] = [await startNode(postgres.url, { DEBUG_TOKEN: 'secret' }), await startNode(postgres.url)];
    const id = freshId();
    await (await v2(two, id)).type('hello');
    const ask = (query = ''): Promise<Cluster> => cluster(one, query);
    await until('each other', async () => (await ask()).others.length === 1);
    const seen = await ask();
    expect(seen).toMatchObject({ address: `127.0.0.1:${one.port}`, status: 'ok', a_committed_edit_is: 'flushed by the primary alone' });
    expect(seen.lease_left_ms).toBeGreaterThan(0);
    expect(seen.others[0]).toMatchObject({ address: `127.0.0.1:${two.port}` });
    expect((await ask(`?id=${id}`)).owner).toBe(seen.others[0]!.incarnation);
    expect((await ask('?id=nobody-has-it')).owner).toBeNull();
    await (await v2(one, 'own')).type('hello');
    expect((await ask('?id=own')).owner).toBe(seen.incarnation);
    // addresses are nobody's business
    const outside = { headers: { 'x-forwarded-for': '203.0.113.5' } };
    expect((await one.get('/api/cluster', outside)).status).toBe(403);
    expect((await one.get('/api/cluster?token=secret', outside)).status).toBe(200);
  });

  test('without a shared database there is no cluster to describe', async () => {
    const server = await startServer({ DATABASE_URL: undefined });
    expect((await server.get('/api/cluster')).status).toBe(404);
  });
});
