// A server and the database that it is given, at the start: what will never do is one clear line
// and exit 2, what may yet come is waited for and said at once, and nothing is overwritten.
import { beforeAll, afterAll, describe, expect, onTestFinished, test } from 'vitest';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { v2 } from './support/clients.ts';
import { startNode, startPostgres } from './support/nodes.ts';
import { Postgres, whyNoPostgres } from './support/postgres.ts';
import type { Settings } from './support/server.ts';
import { Server, freePort, freshId, run, temporaryFolder } from './support/server.ts';
import { sleep, until } from './support/wait.ts';

const missing = whyNoPostgres();
const skipped = missing === null ? '' : ` (skipped: ${missing})`;

async function launch(settings: Settings): Promise<Server> {
  const port = await freePort();
  const server = await Server.launch({ PORT: port, CLUSTER_ADDRESS: `127.0.0.1:${port}`, ...settings });
  onTestFinished(() => server.dispose());
  return server;
}

async function refused(settings: Settings, says: RegExp): Promise<void> {
  const folder = temporaryFolder();
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const result = await run({ HOST: '127.0.0.1', PORT: port, CLUSTER_ADDRESS: `127.0.0.1:${port}`, ...settings }, [], folder);
  expect(result.out).toMatch(says);
  expect(result, result.out).toMatchObject({ code: 2, signal: null });
  expect(result.out.split('\n').filter((line) => /error:|warn:/.test(line)), result.out).toHaveLength(1);
  expect(result.out).not.toMatch(/secret-word/);
}

/** Between a server and PostgreSQL: says that it is a version of the same length. */
async function pretend(upstream: number, version: string): Promise<number> {
  const proxy = net.createServer((client) => {
    const server = net.connect(upstream, '127.0.0.1');
    client.pipe(server);
    server.on('data', (chunk: Buffer) => {
      const at = chunk.indexOf('server_version\0');
      if (at >= 0) chunk.write(version, at + 'server_version\0'.length);
      client.write(chunk);
    });
    for (const socket of [client, server]) socket.on('error', () => socket.destroy());
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  onTestFinished(() => void proxy.close());
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return (proxy.address() as net.AddressInfo).port;
}

describe.skipIf(missing !== null)(`what will never do${skipped}`, { timeout: 120_000 }, () => {
  let postgres: Postgres;
  let databases = 0;
  beforeAll(async () => {
    postgres = await Postgres.start();
    const file = path.join(postgres.folder, 'data/pg_hba.conf');
    postgres.psql(`CREATE ROLE guarded LOGIN PASSWORD 'right'`);
    fs.writeFileSync(file, `host all guarded 127.0.0.1/32 scram-sha-256\nhost closed all 127.0.0.1/32 reject\n${fs.readFileSync(file, 'utf8')}`);
    postgres.psql('SELECT pg_reload_conf()');
  });
  afterAll(() => postgres?.dispose());

  const url = (name: string, role = 'kolabpad', port = postgres.port): string => `postgres://${role}@127.0.0.1:${port}/${name}`;
  /** A database of its own, with tables and a pad when `settings` are given. */
  async function database(sql = '', options = ''): Promise<string> {
    const name = `start_${databases++}`;
    postgres.psql(`CREATE DATABASE ${name} OWNER kolabpad ${options}`);
    if (sql) postgres.psql(`\\connect ${name}\n${sql}`);
    return name;
  }
  async function used(sql: string): Promise<string> {
    const name = await database();
    const server = await startNode(url(name));
    await (await v2(server, 'pad')).type('kept');
    await server.stop();
    postgres.psql(`\\connect ${name}\n${sql}`);
    return name;
  }
  const tables = (name: string): string =>
    postgres.psql(`\\connect ${name}\nSELECT relname, pg_relation_size(oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1`);

  test('a wrong password', () => refused({ DATABASE_URL: url('kolabpad', 'guarded:secret-word') }, /password authentication failed for user "guarded"/));
  test('no password', () => refused({ DATABASE_URL: url('kolabpad', 'guarded') }, /no password supplied/));
  test('an unknown role', () => refused({ DATABASE_URL: url('kolabpad', 'nobody:secret-word') }, /role "nobody" does not exist/));
  test('an unknown database', () => refused({ DATABASE_URL: url('nowhere') }, /database "nowhere" does not exist/));
  test('a host that lets nobody in', () => refused({ DATABASE_URL: url('closed') }, /pg_hba\.conf/));
  test('an address that is none', () => refused({ DATABASE_URL: 'postgres://secret-word@[' }, /DATABASE_URL/));
  test('too old a server', async () => {
    const [{ server_version: version }] = postgres.sql<{ server_version: string }>("SELECT current_setting('server_version') AS server_version") as [{ server_version: string }];
    const port = await pretend(postgres.port, version.replace(/^\d+/, '12'));
    await refused({ DATABASE_URL: url('kolabpad', 'kolabpad', port) }, /PostgreSQL 13 or newer is needed/);
  });
  test('another encoding', async () => {
    await refused({ DATABASE_URL: url(await database('', "ENCODING 'SQL_ASCII' TEMPLATE template0")) }, /encoded in SQL_ASCII/);
  });
  test('commits that are forgotten', async () => {
    const name = await database();
    postgres.psql(`ALTER DATABASE ${name} SET synchronous_commit = off`);
    await refused({ DATABASE_URL: url(name) }, /synchronous_commit is off/);
  });
  test('DURABILITY=lazy', () => refused({ DATABASE_URL: url('kolabpad'), DURABILITY: 'lazy' }, /DURABILITY is "lazy".*expected journal or fsync/));
  test('tables of another program', async () => {
    const name = await database('CREATE TABLE kp_documents (title text); INSERT INTO kp_documents VALUES (\'theirs\')');
    const before = tables(name);
    await refused({ DATABASE_URL: url(name) }, /of another program/);
    expect(tables(name)).toBe(before);
  });
  test('a role that may not create tables', async () => {
    const name = await database();
    postgres.psql(`ALTER DATABASE ${name} OWNER TO postgres`);
    await refused({ DATABASE_URL: url(name) }, /allowed to create tables/);
    expect(tables(name)).toBe('');
  });
  test('tables of a newer version, that says so', async () => {
    const name = await used("INSERT INTO kp_migrations VALUES (299, 'later', now(), 299)");
    const before = tables(name);
    await refused({ DATABASE_URL: url(name) }, /written by a newer Kolabpad \(schema 299, readable from 299 on; this one knows \d+\)/);
    expect(tables(name)).toBe(before);
  });
  test('a table that is missing', async () => {
    const name = await used('DROP TABLE kp_journal');
    const before = tables(name);
    await refused({ DATABASE_URL: url(name) }, /kp_journal/);
    expect(tables(name)).toBe(before);
  });
  test('the address of a server that runs, of this cluster or of another', async () => {
    const one = await startNode(url(await database()));
    const again = { DATABASE_URL: one.settings['DATABASE_URL'], CLUSTER_ADDRESS: one.settings['CLUSTER_ADDRESS'] };
    await refused(again, new RegExp(`same CLUSTER_ADDRESS, ${String(one.settings['CLUSTER_ADDRESS'])}`));
    await (await v2(one, 'pad')).type('undisturbed');
  });
});

describe.skipIf(missing !== null)(`what may yet come${skipped}`, { timeout: 120_000 }, () => {
  test('a newer version that lets this one use its tables', async () => {
    const postgres = await startPostgres();
    const one = await startNode(postgres.url);
    await (await v2(one, 'pad')).type('before');
    await one.stop();
    postgres.psql("INSERT INTO kp_migrations VALUES (299, 'later', now(), 201); ALTER TABLE kp_documents ADD COLUMN later int4");
    const two = await startNode(postgres.url);
    await (await v2(two, 'pad')).type(' and after');
    expect(await two.text('pad')).toHaveLength('before and after'.length);
  });

  test('a database that is away is said at once, and waited for', async () => {
    const postgres = await startPostgres();
    await postgres.stop();
    const server = await launch({ DATABASE_URL: postgres.url });
    await server.logged(/warn: database_unreachable error=.*(refused|\d)/);
    await sleep(12_000);
    expect(server.running).toBe(true);
    expect(server.log.match(/database_unreachable/g)).toHaveLength(1);
    await postgres.start();
    await server.listening();
    expect(server.log).toMatch(/database_reached/);
    await (await v2(server, freshId())).type('late');
  });

  test('one that waits can be stopped', async () => {
    const server = await launch({ DATABASE_URL: `postgres://kolabpad@127.0.0.1:${await freePort()}/kolabpad` });
    await server.logged(/database_unreachable/);
    expect(await server.stop()).toMatchObject({ code: 0 });
  });

  test('a standby is waited for until it takes writes', async () => {
    const primary = await startPostgres();
    const first = await startNode(primary.url);
    await (await v2(first, 'pad')).type('kept');
    await first.stop();
    const replica = await Postgres.startReplica(primary, 'two');
    onTestFinished(() => replica.dispose());
    const server = await launch({ DATABASE_URL: replica.url });
    await server.logged(/database_unreachable error=.*(read-only|standby|not in)/i);
    await primary.stop();
    replica.promote();
    await server.listening();
    expect(await server.text('pad')).toBe('kept');
  });

  test('an address that the others cannot reach: they say whose', async () => {
    const postgres = await startPostgres();
    const one = await startNode(postgres.url, { CLUSTER_ADDRESS: `127.0.0.1:${await freePort()}` });
    const two = await startNode(postgres.url);
    const id = freshId();
    await (await v2(one, id)).type('here');
    expect((await two.get(`/api/text/${id}`)).status).toBe(503);
    await two.logged(/server_unreachable/);
    const [{ incarnation }] = postgres.sql<{ incarnation: string }>(
      `SELECT owner::text AS incarnation FROM kp_placement WHERE document_id = '${id}'`,
    ) as [{ incarnation: string }];
    expect(two.log).toContain(`server_unreachable server=${incarnation}`);
    expect(await one.text(id)).toBe('here');
    await until('the two to see each other', async () => (await one.stats())['cluster_nodes'] === 2);
  });
});
