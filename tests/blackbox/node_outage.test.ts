// The database stands still, is full, or ends the wait for its standby, with several servers
// on it: nothing moves, nobody is declared dead, and what was told is there.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freshTab, v2 } from './support/clients.ts';
import { checkTables } from './support/invariants.ts';
import { ownerOf, startNode, startPostgres, startSynchronousReplica } from './support/nodes.ts';
import { PgProxy } from './support/pg_proxy.ts';
import { Postgres, whyNoPostgres } from './support/postgres.ts';
import type { Server } from './support/server.ts';
import { freshId } from './support/server.ts';
import { fill, letGo, room, smallDisk, whyNoDisk } from './support/small_disk.ts';
import { sleep, until } from './support/wait.ts';
import { Writer, check } from './support/writer.ts';

const missing = whyNoPostgres();
const title = `the database of several servers${missing === null ? '' : ` (skipped: ${missing})`}`;
const noDisk = whyNoDisk();

const deaths = (postgres: Postgres): number => postgres.sql('SELECT 1 FROM kp_nodes WHERE dead_at IS NOT NULL').length;

async function readAt(servers: readonly Server[], id: string, writers: readonly Writer[]): Promise<void> {
  for (const server of servers) check(await until('a text', () => server.text(id).catch(() => undefined)), writers);
}

describe.skipIf(missing !== null)(title, () => {
  test('stands still for all of them for half a minute: afterwards nobody is declared dead', async () => {
    const postgres = await startPostgres();
    const lines = await Promise.all([1, 2, 3].map(() => PgProxy.start(postgres.port)));
    for (const line of lines) onTestFinished(() => line.dispose());
    const servers: Server[] = [];
    for (const { port } of lines) servers.push(await startNode(`postgres://kolabpad@127.0.0.1:${port}/kolabpad`));
    const ids = servers.map(() => freshId());
    const writers = ids.map((id, i) => new Writer(`w${i}`, id, () => servers[i]!));
    for (const writer of writers) await writer.writes(20);
    const before = ids.map((id) => ownerOf(postgres, id));
    expect(before).toEqual(servers.map(({ port }) => port));

    await Promise.all(lines.map((line) => line.say('stall')));
    await sleep(30_000);
    await Promise.all(lines.map((line) => line.say('go')));
    for (const writer of writers) await writer.writes(20);
    await sleep(4_000); // whoever wanted to judge has had the time
    expect(deaths(postgres), servers.map(({ log }) => log).join('\n')).toBe(0);
    expect(ids.map((id) => ownerOf(postgres, id))).toEqual(before);
    for (const { log } of servers) expect(log).not.toMatch(/node_dead|document_conflict|Cut off from the database/);
    for (const [i, id] of ids.entries()) {
      await writers[i]!.finish();
      await readAt(servers, id, [writers[i]!]);
    }
    checkTables(postgres);
  });

  test('one stood still while nobody had the database: it is not the one to be declared dead', async () => {
    const postgres = await startPostgres();
    const line = await PgProxy.start(postgres.port);
    onTestFinished(() => line.dispose());
    const [one, two] = [await startNode(postgres.url), await startNode(`postgres://kolabpad@127.0.0.1:${line.port}/kolabpad`)];
    const id = freshId();
    const alice = await v2(one, id);
    await alice.type('saved');
    // the second cannot beat for so long that it is declared dead, and must not judge when it is back
    await line.say('down');
    await postgres.stop();
    await sleep(5_000);
    await postgres.start();
    await line.say('up');
    await sleep(5_000);
    expect(ownerOf(postgres, id)).toBe(one.port);
    expect(one.log).not.toMatch(/node_dead/);
    await alice.type('!');
    expect(await until('a text', () => two.text(id).catch(() => undefined))).toBe('saved!');
    checkTables(postgres);
  });

  test('does not wait for its standby, because somebody cancelled that: only what the standby has was told', async () => {
    const primary = await startPostgres();
    const replica = await startSynchronousReplica(primary);
    const url = Postgres.urlOf(primary, replica);
    const servers = [await startNode(url), await startNode(url)];
    const id = freshId();
    const [alice, tab] = [await v2(servers[0]!, id), freshTab()];
    await alice.type('confirmed');
    await replica.stop();
    const bob = await v2(servers[0]!, id, { tab });
    bob.insert('!');
    const waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name LIKE 'kolabpad%'";
    await until('its commit to wait', () => primary.sql(waiting).length > 0);
    for (let i = 0; i < 10; i++) {
      primary.psql(`SELECT pg_cancel_backend(pid) FROM (${waiting}) w`);
      await sleep(200);
    }
    expect(bob.replica.settled, 'told what no standby has').toBe(false);
    expect(alice.text).toBe('confirmed');

    // the primary is lost with what only it had
    await primary.kill();
    await replica.start();
    replica.promote();
    replica.set('synchronous_standby_names', '');
    const again = await until('a server that serves', () => v2(servers[1]!, id, { tab }).catch(() => undefined));
    await again.settled();
    expect(await until('a text', () => servers[0]!.text(id).catch(() => undefined))).toBe('confirmed!');
    for (const { log } of servers) expect(log).not.toMatch(/document_conflict/);
    checkTables(replica);
  });

  test.skipIf(noDisk !== null)(`has a full disk under its log${noDisk === null ? '' : ` (skipped: ${noDisk})`}`, async () => {
    const disk = smallDisk('12m');
    onTestFinished(() => letGo(disk)); // after PostgreSQL has gone: in reverse order
    const postgres = await startPostgres();
    const servers = [await startNode(postgres.url), await startNode(postgres.url)];
    const id = freshId();
    const writers = ['alice', 'bob'].map((name, i) => new Writer(name, id, () => servers[i]!));
    for (const writer of writers) await writer.writes(20);
    const owner = ownerOf(postgres, id);

    await postgres.stop();
    const log = path.join(postgres.folder, 'data/pg_wal');
    execFileSync('cp', ['-a', `${log}/.`, disk]);
    execFileSync('chown', ['--reference', log, disk]);
    fs.renameSync(log, `${log}.before`);
    fs.symlinkSync(disk, log);
    await postgres.start();
    for (const writer of writers) await writer.writes(5);

    fill(disk);
    await until('people to be told', async () => {
      try {
        postgres.psql('SELECT pg_switch_wal()'); // so that room is needed now
      } catch {
        // it is full
      }
      return (await servers[0]!.get('/api/health')).text.includes('not writable');
    }, 60_000);
    const told = writers.map(({ acknowledged }) => acknowledged);
    await sleep(3_000);
    expect(writers.map(({ acknowledged }) => acknowledged)).toEqual(told);
    room(disk);
    if (!postgres.isRunning) await postgres.start();
    for (const writer of writers) await writer.writes(20);
    await Promise.all(writers.map((writer) => writer.finish()));
    await readAt(servers, id, writers);
    expect(ownerOf(postgres, id)).toBe(owner);
    expect(deaths(postgres)).toBe(0);
    checkTables(postgres);
  });
});
