// The primary is lost and its standby takes over: nobody is moved, and no connection of anybody
// ends, however long it takes, with one server as with several. People are told meanwhile.
import { describe, expect, test } from 'vitest';
import { v1, v2 } from './support/clients.ts';
import { checkTables, ownerOf, startNode, startPostgres, startSynchronousReplica } from './support/nodes.ts';
import { Postgres, whyNoPostgres } from './support/postgres.ts';
import type { Server } from './support/server.ts';
import { freshId } from './support/server.ts';
import { sleep, until } from './support/wait.ts';

const missing = whyNoPostgres();
const title = `the database fails over${missing === null ? '' : ` (skipped: ${missing})`}`;

/** Texts are written all the time, as well as edits. */
const WRITES_SOON = { KP_TEST_PERSIST_CHECK_MS: 50, KP_TEST_IDLE_PERSIST_MS: 50, KP_TEST_SAFETY_NET_MS: 200 };

describe.skipIf(missing !== null)(title, { timeout: 120_000 }, () => {
  test.each([
    ['a server that is alone', 1, { CLUSTER_ADDRESS: undefined }],
    ['two servers', 2, {}],
  ])('of %s, for longer than a lease', async (_, count, settings) => {
    const primary = await startPostgres();
    const replica = await startSynchronousReplica(primary);
    const url = Postgres.urlOf(primary, replica);
    const servers: Server[] = [];
    for (let i = 0; i < count; i++) servers.push(await startNode(url, { ...WRITES_SOON, ...settings }));
    const [one] = servers;
    const id = freshId();
    const people = [await v2(one!, id), await v2(servers.at(-1)!, id)];
    const old = await v1(one!, id);
    for (const person of people) await person.type('before ');
    const owner = ownerOf(primary, id);

    await primary.kill();
    for (const person of people) person.insert('meanwhile ', 0);
    await sleep(5_000);
    replica.promote();
    replica.set('synchronous_standby_names', '');
    for (const person of people) await person.settled();
    for (const person of people) await person.type('after ');
    for (const client of [...people, old]) expect(client.closed, JSON.stringify(client.closed)).toBeUndefined();
    expect(ownerOf(replica, id)).toBe(owner);
    const text = await until('a text', () => servers.at(-1)!.text(id).catch(() => undefined));
    expect([...text.split(' ')].sort().join(' ').trim()).toBe('after after before before meanwhile meanwhile');
    for (const { log } of servers) expect(log).not.toMatch(/node_dead|document_conflict|Cut off from the database/);
    checkTables(replica);
  });
});
