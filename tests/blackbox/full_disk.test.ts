// A disk that is really full: a file system of a few megabytes.
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { V2Client } from './support/clients.ts';
import { freshTab, v2, v2Silent } from './support/clients.ts';
import type { Server } from './support/server.ts';
import { startServer } from './support/server.ts';
import { fill, letGo, room, smallDisk, whyNoDisk } from './support/small_disk.ts';
import { until } from './support/wait.ts';

const whyNot = whyNoDisk();
if (whyNot) console.log(`SKIP full_disk: ${whyNot}`);

describe.skipIf(whyNot !== null).each(['journal', 'fsync'])('%s: the disk is full', (durability) => {
  async function scene(): Promise<{ server: Server; folder: string; alice: V2Client; bob: V2Client; tab: ReturnType<typeof freshTab> }> {
    const folder = smallDisk();
    onTestFinished(() => letGo(folder)); // after the server has stopped: in reverse order
    const server = await startServer({ DURABILITY: durability, RATE_LIMITS: 'off', SQLITE_URI: path.join(folder, 'kolabpad.db') });
    await (await v2(server, 'other')).type('other');
    const tab = freshTab();
    const [alice, bob] = [await v2(server, 'pad', { tab }), await v2(server, 'pad')];
    await alice.type('before ');
    fill(folder);
    alice.insert('x'.repeat(100_000)); // more than the pages that SQLite has already
    for (const who of [alice, bob]) await who.message('Storage', ({ writable }) => writable === false);
    return { server, folder, alice, bob, tab };
  }

  test('people are told, reading goes on, and saving when there is room again', async () => {
    const { server, folder, alice, bob } = await scene();
    expect((await server.get('/api/health')).status).toBe(503);
    expect(await server.text('other')).toBe('other');
    const reader = await v2(server, 'other');
    expect(reader.text).toBe('other');
    await reader.message('Storage', ({ writable }) => writable === false); // what it types will wait
    bob.info('Bob', 7);
    await alice.message('UserInfo', ({ info }) => info?.name === 'Bob');
    for (const path of ['/api/text/pad', '/api/document/pad']) {
      const answer = await server.get(path); // would show what is not stored, or its size
      expect([answer.status, answer.text]).toEqual([503, expect.stringContaining('storage_unavailable')]);
    }
    const carol = await v2Silent(server, 'pad');
    carol.hello();
    expect((await carol.closing()).code).toBe(1013);
    expect(alice.replica.settled, 'nothing is acknowledged that is not stored').toBe(false);
    expect(bob.text).toBe('before ');

    room(folder);
    await alice.settled();
    for (const who of [alice, bob]) await who.message('Storage', ({ writable }) => writable === true);
    await bob.sees(alice.text);
    await until('good health', async () => (await server.get('/api/health')).status === 200);
    await server.kill();
    await server.restart();
    expect(await server.text('pad')).toBe(`before ${'x'.repeat(100_000)}`);
  });

  test('killed meanwhile: what was acknowledged is there, what was not comes from its tab, once', async () => {
    const { server, folder, alice, tab } = await scene();
    await server.kill();
    room(folder);
    await server.restart();
    expect(await server.text('pad')).toBe('before ');
    const again = await v2(server, 'pad', { tab });
    await again.settled();
    expect(again.text).toBe(alice.text);
    expect(await server.text('pad')).toBe(`before ${'x'.repeat(100_000)}`);
  });
});
