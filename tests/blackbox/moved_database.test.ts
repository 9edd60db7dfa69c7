// The database's file is moved, removed or replaced while the server runs: nothing is acknowledged that would be gone with it.
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { v2 } from './support/clients.ts';
import type { Server } from './support/server.ts';
import { startServer } from './support/server.ts';
import { ON_POSTGRES } from './support/store.ts';
import { sleep, until } from './support/wait.ts';

const beside = (own: Server): string => `${own.database}.beside`;

const moves: [what: string, move: (own: Server) => void, putBack: (own: Server) => void][] = [
  ['moved away', (own) => fs.renameSync(own.database, beside(own)), (own) => fs.renameSync(beside(own), own.database)],
  ['replaced by a backup', (own) => {
    fs.linkSync(own.database, beside(own));
    fs.copyFileSync(own.database, `${own.database}.backup`);
    fs.renameSync(`${own.database}.backup`, own.database);
  }, (own) => fs.renameSync(beside(own), own.database)],
  ['robbed of its log', (own) => fs.renameSync(`${own.database}-wal`, beside(own)), (own) => fs.renameSync(beside(own), `${own.database}-wal`)],
];

describe.skipIf(ON_POSTGRES)('a database that is', () => {
  test.each(moves)('%s: edits wait, people are told, and it goes on when the file is back', async (_what, move, putBack) => {
    const own = await startServer();
    const alice = await v2(own, 'pad');
    await alice.type('one');
    move(own);
    alice.insert(' two', 3);
    expect(await alice.message('Storage')).toEqual({ writable: false });
    await own.logged(/database_outage .*was moved, removed or replaced while the server runs: put it back/);
    expect((await own.get('/api/text/pad', { method: 'PUT', body: 'x' })).status).toBe(503);
    expect((await own.get('/api/health')).status).toBe(503);
    await sleep(200);
    expect(alice.replica.settled).toBe(false);
    putBack(own);
    await alice.settled();
    await until('health', async () => (await own.get('/api/health')).status === 200);
    await own.kill();
    await own.restart();
    expect(await own.text('pad')).toBe('one two');
  });

  test('removed: what was not acknowledged stays with those who typed it', async () => {
    const own = await startServer();
    const alice = await v2(own, 'pad');
    await alice.type('one');
    for (const name of ['', '-wal', '-shm', '.lock']) fs.rmSync(`${own.database}${name}`);
    alice.insert(' two', 3);
    await alice.message('Storage');
    expect((await own.stop()).code).toBe(1); // it could not write all that it has
    expect(own.log).toMatch(/unwritten=\d/);
    await own.restart();
    const again = await v2(own, 'pad', { tab: alice.tab });
    await again.settled();
    await until('what was typed since', async () => (await own.text('pad')) === ' two');
  });
});
