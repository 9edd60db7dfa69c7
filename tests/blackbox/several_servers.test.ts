// Three servers on one PostgreSQL: whichever of them somebody comes to, there is one pad.
import { beforeAll, afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Client } from './support/clients.ts';
import { V1Client, converged, freshTab, v1, v2, v2Silent } from './support/clients.ts';
import { json, jsonBody } from './support/http.ts';
import { byLink, linkSilent, makeLink } from './support/links.ts';
import { Postgres, whyNoPostgres } from './support/postgres.ts';
import { Server, freePort, freshId } from './support/server.ts';
import { RawHttp } from './support/raw_http.ts';
import { sleep, until } from './support/wait.ts';

const missing = whyNoPostgres();
let postgres: Postgres;
let nodes: Server[];

async function start(settings = {}): Promise<Server> {
  const port = await freePort();
  return Server.start({ DATABASE_URL: postgres.url, PORT: port, CLUSTER_ADDRESS: `127.0.0.1:${port}`, ...settings });
}

/** One more, for one test. */
async function another(settings = {}): Promise<Server> {
  const server = await start(settings);
  onTestFinished(() => server.dispose());
  return server;
}

const node = (i: number): Server => nodes[i % nodes.length]!;

/** The number of the node that has the document; undefined: nobody has it. */
function ownerOf(id: string): number | undefined {
  const [row] = postgres.sql<{ address: string }>(
    `SELECT address FROM kp_placement JOIN kp_nodes ON owner = incarnation WHERE document_id = '${id}'`,
  );
  return row && nodes.findIndex(({ port }) => row.address.endsWith(`:${port}`));
}

/** A pad that node 0 has, with a text. */
async function padAtFirst(text = 'hello'): Promise<string> {
  const id = freshId();
  await (await v2(node(0), id)).type(text);
  expect(ownerOf(id)).toBe(0);
  return id;
}

/** What a server sends along when it passes a request on. */
function credential(): string {
  const [secret] = postgres.sql<{ hex: string }>("SELECT encode(value, 'hex') AS hex FROM kp_cluster WHERE name = 'secret'");
  return `${'1'.repeat(16)} ${secret!.hex}`;
}

async function protect(server: Server, id: string, client: Client, otp?: string): Promise<string> {
  const who = client instanceof V1Client ? {} : { client: (client as { tab?: { token: string } }).tab?.token };
  const answer = await server.get(`/api/document/${id}/protect`, jsonBody('POST', { user_id: client.id, user_name: 'x', otp, ...who }));
  expect(answer.text).toMatch(/otp/);
  return json<{ otp: string }>(answer).otp;
}

describe.skipIf(missing !== null)(`three servers on one database${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  beforeAll(async () => {
    postgres = await Postgres.start();
    nodes = [await start(), await start(), await start()];
  });
  afterAll(async () => {
    for (const server of nodes ?? []) await server.dispose();
    await postgres?.dispose();
  });

  test('a new pad that is asked for at all of them at once is one pad', async () => {
    const ids = Array.from({ length: 20 }, () => freshId('class'));
    const people = await Promise.all(ids.flatMap((id, n) => [0, 1, 2].map(async (i) => ({ id, client: await v2(node(i + n), id) }))));
    for (const { client } of people) client.insert('x');
    for (const id of ids) {
      const here = people.filter((person) => person.id === id).map(({ client }) => client);
      expect(await converged(node(0), id, here)).toBe('xxx');
      expect(new Set(here.map((client) => client.id)).size).toBe(3);
    }
  });

  test('a hundred who claim one id at once find one owner', async () => {
    const id = freshId();
    const people = await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 ? v1(node(i), id) : v2(node(i), id))));
    people[7]!.insert('one of a hundred');
    await until('all to see it', () => people.every(({ text }) => text === 'one of a hundred'));
    expect(new Set(people.map((client) => client.id)).size).toBe(100);
  });

  test('the text, what is known of it and its ETag are the same everywhere', async () => {
    const id = await padAtFirst('same text\nü😀');
    const [first, ...others] = await Promise.all([0, 1, 2].map((i) => node(i).get(`/api/text/${id}`)));
    for (const answer of others) {
      expect(answer.text).toBe(first!.text);
      expect(answer.headers.etag).toBe(first!.headers.etag);
      expect(answer.headers['content-type']).toBe(first!.headers['content-type']);
    }
    const etag = first!.headers.etag!;
    expect((await node(1).get(`/api/text/${id}`, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await node(2).get(`/api/text/${id}`, { headers: { 'if-match': '"other"' } })).status).toBe(412);
    const head = await node(1).get(`/api/text/${id}`, { method: 'HEAD' });
    expect([head.text, head.headers['content-length']]).toEqual(['', first!.headers['content-length']]);
    const known = await Promise.all([0, 1, 2].map(async (i) => json((await node(i).get(`/api/document/${id}`)))));
    expect(known[1]).toEqual(known[0]);
    expect(known[2]).toMatchObject({ exists: true, protected: false, bytes: Buffer.byteLength('same text\nü😀') });
    expect(ownerOf(id)).toBe(0);
  });

  test('a large text comes through whole', async () => {
    const id = await padAtFirst('0123456789abcdef'.repeat(15_000));
    expect(await node(1).text(id)).toBe(await node(0).text(id));
    const bob = await v2(node(2), id);
    expect(bob.text).toHaveLength(240_000);
    await bob.type('!');
    expect(await node(1).text(id)).toHaveLength(240_001);
  });

  test('a password that is set at one is asked for at the others', async () => {
    const id = await padAtFirst('secret text');
    const alice = await v1(node(1), id);
    const otp = await protect(node(2), id, alice);
    expect(await alice.message('OTP', () => true)).toMatchObject({ otp });
    for (const i of [0, 1, 2]) {
      expect((await node(i).get(`/api/text/${id}`)).status).toBe(401);
      expect((await node(i).get(`/api/text/${id}?otp=${otp}`)).text).toBe('secret text');
      await expect(v1(node(i), id, { otp: 'wrong' })).rejects.toThrow(/401/);
      await expect(v2(node(i), id, { tab: freshTab('wrong') })).rejects.toThrow(/4401/);
      expect((await v2(node(i), id, { tab: freshTab(otp) })).text).toBe('secret text');
    }
    const off = await node(0).get(`/api/document/${id}/protect`, jsonBody('DELETE', { user_id: alice.id, user_name: 'x', otp }));
    expect(off.status).toBe(204);
    expect(await node(2).text(id)).toBe('secret text');
  });

  test('wrong passwords are counted once for all of them', async () => {
    const [a, b] = [await another({ PASSWORD_ATTEMPTS_PER_MINUTE: 4 }), await another({ PASSWORD_ATTEMPTS_PER_MINUTE: 4 })];
    const id = freshId();
    const alice = await v1(a, id);
    await alice.type('x');
    await protect(a, id, alice);
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await (i % 2 ? a : b).get(`/api/text/${id}?otp=guess${i}`)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 429, 429]);
  });

  test('what one server passed on to another is not passed on again, and 421 says so', async () => {
    const id = await padAtFirst();
    const headers = { 'X-Kolabpad-Node': credential() };
    const answer = await node(1).get(`/api/text/${id}`, { headers });
    expect([answer.status, json(answer)['code']]).toEqual([421, 'misdirected']);
    await expect(v1(node(1), id, { headers })).rejects.toThrow(/421/);
    await expect(v2Silent(node(1), id, { headers })).rejects.toThrow(/421/);
    expect((await node(0).get(`/api/text/${id}`, { headers })).text).toBe('hello');
  });

  test('a wrong secret is nothing', async () => {
    const id = await padAtFirst();
    const right = credential();
    for (const wrong of [right.slice(0, -1), `${right.slice(0, -1)}${right.endsWith('0') ? '1' : '0'}`, `${right} `.repeat(2), '', 'x'.repeat(81)])
      expect((await node(1).get(`/api/text/${id}`, { headers: { 'X-Kolabpad-Node': wrong } })).text).toBe('hello');
    // nobody but a server may say who the client is
    const answer = await node(1).get(`/api/text/${id}`, { headers: { 'X-Kolabpad-Node': 'x', 'X-Forwarded-For': '192.0.2.1' } });
    expect(answer.text).toBe('hello');
  });

  test('a tunnel is counted, and gone when its client is', async () => {
    const id = await padAtFirst();
    const before = (await node(1).stats())['tunnels']!;
    const bob = await v2(node(1), id);
    await until('a tunnel', async () => (await node(1).stats())['tunnels'] === before + 1);
    const moved = (await node(1).stats())['tunnel_bytes_total']!;
    await bob.type('through it');
    expect((await node(1).stats())['tunnel_bytes_total']).toBeGreaterThan(moved);
    await bob.cut();
    await until('none', async () => (await node(1).stats())['tunnels'] === before);
    await until('only the other one left', async () => json(await node(2).get(`/api/document/${id}`))['users'] === 1);
  });

  test('who waits through another server costs that no HTTP connection, and is forgotten everywhere when it goes', { timeout: 60_000 }, async () => {
    const edge = await another({ HTTP_CONNECTIONS: 20, CONNECTIONS_PER_ADDRESS: 41 });
    const id = await padAtFirst('one');
    const waiting = Array.from({ length: 40 }, () => edge.get(`/api/text/${id}?wait=60&revision=1`).catch(() => undefined));
    const wait = async () => (await node(0).stats())['waiting_readers'];
    await until('all to wait', async () => (await wait()) === 40);
    expect((await edge.get(`/api/text/${id}`)).text).toBe('one');
    const gone = await RawHttp.connect(edge.port);
    gone.send(`GET /api/text/${id}?wait=60&revision=1 HTTP/1.1\r\nHost: x\r\n\r\n`);
    await until('one more', async () => (await wait()) === 41);
    const refused = await edge.get(`/api/text/${id}?wait=60&revision=1`);
    expect([refused.status, json(refused)['code']]).toEqual([429, 'rate_limited']);
    gone.socket.destroy();
    await until('it to be gone', async () => (await wait()) === 40);
    await node(2).get(`/api/text/${id}`, { method: 'POST', body: 'two' });
    for (const answer of await Promise.all(waiting)) {
      expect([answer?.status, answer?.text, answer?.headers.etag]).toEqual([200, 'one\ntwo', '"2"']);
      expect(answer?.headers['x-content-type-options']).toBe('nosniff');
    }
    const over = await edge.get(`/api/text/${id}?wait=1&revision=2`);
    expect([over.status, over.text, over.headers.etag]).toEqual([304, '', '"2"']);
  });

  test('who waits for a text whose server dies is told to ask again', async () => {
    const owner = await another({ CLUSTER_LEASE_SECONDS: 2 });
    const id = freshId();
    await (await v2(owner, id)).type('x');
    const waiting = node(1).get(`/api/text/${id}?wait=60&revision=1`);
    await until('it to wait', async () => (await owner.stats())['waiting_readers'] === 1);
    await owner.kill();
    const answer = await waiting;
    expect([answer.status, answer.headers['retry-after'], json(answer)['code']]).toEqual([503, '1', 'elsewhere']);
    await until('somebody else to have it', async () => (await node(1).get(`/api/text/${id}?wait=1&revision=0`)).text === 'x');
  });

  test('a server between that is killed takes its clients along, and nothing that they typed', async () => {
    const id = await padAtFirst('');
    const edge = await another();
    const tab = freshTab();
    const bob = await v2(edge, id, { tab });
    await bob.type('acknowledged');
    await edge.kill();
    await bob.closing();
    const again = await v2(node(1), id, { tab });
    expect(again.welcome).toMatchObject({ resumed: true, user_id: bob.id });
    expect(again.text).toBe('acknowledged');
  });

  test('an owner that stops sends everybody to another one', async () => {
    const owner = await another();
    const id = freshId();
    const tabs = [freshTab(), freshTab()];
    const [alice, bob] = [await v2(owner, id, { tab: tabs[0]! }), await v2(node(1), id, { tab: tabs[1]! })];
    await alice.type('alice ');
    await bob.type('bob', bob.length);
    expect((await owner.stop()).code).toBe(0);
    expect(await bob.closing()).toMatchObject({ code: 1001 });
    const [a, b] = await until('both to be back', async () => {
      try {
        return [await v2(node(2), id, { tab: tabs[0]! }), await v2(node(1), id, { tab: tabs[1]! })];
      } catch {
        return undefined; // it has not been given back yet
      }
    });
    expect(a!.text).toBe('alice bob');
    expect([a!.welcome, b!.welcome]).toMatchObject([{ resumed: true }, { resumed: true }]);
    await b!.type('!');
    expect(await converged(node(0), id, [a!, b!])).toBe('alice bob!');
  });

  test('who came by a link finds the pad again when the server that had it is killed', async () => {
    const owner = await another({ CLUSTER_LEASE_SECONDS: 2 });
    const id = freshId();
    await (await v2(owner, id)).type('kept');
    const { token } = await makeLink(owner, id, 'view');
    const vera = await byLink(node(1), token);
    await owner.kill();
    await vera.closing();
    const again = await until('somebody else to have the pad', async () => {
      try {
        return await byLink(node(2), token);
      } catch {
        return undefined; // it is not known yet that the server is dead
      }
    });
    expect(again.text).toBe('kept');
    expect(again.welcome.access).toBe('view');
  });

  test('people at all of them who type at once end with the same text', async () => {
    const id = freshId();
    const people = await Promise.all(Array.from({ length: 9 }, (_, i) => (i % 3 === 2 ? v1(node(i), id) : v2(node(i), id))));
    for (let round = 0; round < 15; round++) {
      for (const [n, person] of people.entries()) person.insert(`${n}${round % 10}`, Math.floor(Math.random() * (person.length + 1)));
      await sleep(5);
    }
    await Promise.all(people.map((person) => person.settled()));
    expect(await converged(node(0), id, people)).toHaveLength(9 * 15 * 2);
  });

  test('a link opens its pad from every server, and only that, whatever a header says', async () => {
    const [id, other] = [await padAtFirst('mine'), await padAtFirst('yours')];
    const link = await makeLink(node(1), id, 'view');
    const named = (document: string, secret?: string) => ({ headers: { 'x-kolabpad-document': document, ...(secret ? { 'x-kolabpad-node': secret } : {}) } });
    const close = async (headers: object, hello: object) => {
      const client = await linkSilent(node(0), headers);
      client.hello(hello);
      return client.closing();
    };
    for (const i of [0, 1, 2]) {
      expect((await byLink(node(i), link.token)).text).toBe('mine');
      expect((await byLink(node(i), link.token, named(other))).text).toBe('mine'); // a client's word counts for nothing
    }
    expect(await close(named(id, credential()), {})).toEqual({ code: 4400, reason: 'Hello: link is missing' });
    expect(await close(named(other, credential()), { link: link.token })).toMatchObject({ code: 4403 });
  });
});
