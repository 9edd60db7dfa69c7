// Documents expire whichever server has them: never while somebody is there, at any server,
// and once when nobody has come for long enough.
import { describe, expect, test } from 'vitest';
import { v2 } from './support/clients.ts';
import { json } from './support/http.ts';
import { checkTables } from './support/invariants.ts';
import { ownerOf, startNode, startPostgres } from './support/nodes.ts';
import type { Postgres } from './support/postgres.ts';
import { whyNoPostgres } from './support/postgres.ts';
import type { Server } from './support/server.ts';
import { sleep, until } from './support/wait.ts';

const EXPIRING = { KP_TEST_EXPIRY_MS: 2000, KP_TEST_CLEANUP_INTERVAL_MS: 150, KP_TEST_MEMORY_RETENTION_MS: 200 };

const missing = whyNoPostgres();
const title = `expiry with several servers${missing === null ? '' : ` (skipped: ${missing})`}`;

function rowsOf(postgres: Postgres, id: string): Record<string, number> {
  const count = (table: string, column: string) => `(SELECT count(*) FROM ${table} WHERE ${column} = '${id}') AS ${table}`;
  const [row] = postgres.sql<Record<string, number>>(
    `SELECT ${count('kp_documents', 'id')}, ${count('kp_journal', 'document_id')}, ${count('kp_epochs', 'document_id')}, ${count('kp_placement', 'document_id')}`,
  );
  return row!;
}

const GONE = { kp_documents: 0, kp_journal: 0, kp_epochs: 0, kp_placement: 0 };
const expirations = async (servers: readonly Server[], id: string): Promise<number> =>
  servers.map(({ log }) => log.match(new RegExp(`document_expired docId=${id} `, 'g'))?.length ?? 0).reduce((a, b) => a + b);

describe.skipIf(missing !== null)(title, () => {
  test('not while somebody is there, at whichever server, and once when nobody is', async () => {
    const postgres = await startPostgres();
    const servers = [await startNode(postgres.url, EXPIRING), await startNode(postgres.url, EXPIRING), await startNode(postgres.url, EXPIRING)];
    const [one, two, three] = servers as [Server, Server, Server];
    // each has one pad with somebody who is quiet, and one of those comes through another server
    const here = await Promise.all(servers.map((server, i) => v2(server, `open-${i}`)));
    for (const person of here) await person.type('still here');
    const through = await v2(three, 'through');
    await through.type('not mine');
    const guest = await v2(one, 'through');
    await through.close();
    // and one that nobody will come back to
    const last = await v2(two, 'left');
    await last.type('to be forgotten');
    await last.close();

    await until('the end of what nobody came back for', async () => (await expirations(servers, 'left')) > 0);
    await sleep(3 * EXPIRING.KP_TEST_EXPIRY_MS);
    expect(await expirations(servers, 'left')).toBe(1);
    expect(rowsOf(postgres, 'left')).toEqual(GONE);
    for (const server of servers) expect(json(await server.get('/api/document/left'))).toMatchObject({ exists: false });
    for (const [i, person] of here.entries()) {
      expect(person.closed).toBeUndefined();
      expect(await expirations(servers, `open-${i}`)).toBe(0);
      await person.type('!');
    }
    expect(guest.closed).toBeUndefined();
    await guest.type('!');
    expect(await two.text('through')).toBe('not mine!');
    checkTables(postgres);
  });

  test('what a dead server had expires too', async () => {
    const postgres = await startPostgres();
    const settings = { ...EXPIRING, KP_TEST_MEMORY_RETENTION_MS: undefined };
    const [one, two] = [await startNode(postgres.url, settings), await startNode(postgres.url, settings)];
    const alice = await v2(one, 'orphan');
    await alice.type('whose owner dies');
    expect(ownerOf(postgres, 'orphan')).toBe(one.port);
    await one.kill();
    await two.logged(/document_expired docId=orphan /);
    expect(rowsOf(postgres, 'orphan')).toEqual(GONE);
    const again = await v2(two, 'orphan');
    expect(again.welcome).toMatchObject({ revision: 0 });
    await again.type('a new one');
    expect(await two.text('orphan')).toBe('a new one');
    checkTables(postgres);
  });

  test('somebody comes at the moment when it expires: he has a pad, the old one or a new one, and all see the same', async () => {
    const postgres = await startPostgres();
    const servers = [await startNode(postgres.url, EXPIRING), await startNode(postgres.url, EXPIRING)];
    for (let round = 0; round < 6; round++) {
      const id = `moment-${round}`;
      const first = await v2(servers[round % 2]!, id);
      await first.type('old');
      await first.close();
      await sleep(EXPIRING.KP_TEST_EXPIRY_MS - 300 + round * 120);
      const [a, b] = await Promise.all(servers.map((server) => until('to be let in', () => v2(server, id).catch(() => undefined))));
      a!.insert('a');
      b!.insert('b');
      await until('both edits', () => a!.text === b!.text && a!.text.replace('old', '').length === 2 && a!.replica.settled && b!.replica.settled);
      expect(await servers[0]!.text(id)).toBe(a!.text);
      expect(['', 'old']).toContain(a!.text.replace(/[ab]/g, ''));
      await a!.close();
      await b!.close();
    }
    for (const { log } of servers) expect(log).not.toMatch(/document_conflict/);
    checkTables(postgres);
  });
});
