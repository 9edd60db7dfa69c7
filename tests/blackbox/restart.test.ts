// A restart in the middle of it: tabs resume where they were, or are given the
// whole text, but two histories are never spliced and nothing is sent twice.
import { describe, expect, test } from 'vitest';
import type { Tab } from './support/clients.ts';
import { converged, freshTab, v1, v2 } from './support/clients.ts';
import type { Server } from './support/server.ts';
import { startServer } from './support/server.ts';
import { backUp, deleteDatabase, restore } from './support/sqlite.ts';

const restarts: [string, (server: Server) => Promise<unknown>][] = [
  ['SIGTERM', (server) => server.stop()],
  ['kill -9', (server) => server.kill()],
];

describe.each(restarts)('resuming after %s', (_how, end) => {
  test('a tab gets the history it missed, not a snapshot; id and text stay, the epoch does not', async () => {
    const server = await startServer();
    const tab = freshTab();
    const alice = await v2(server, 'pad', { tab });
    await alice.type('before');
    const { epoch } = alice.welcome;
    const tabOfBob = freshTab();
    const bob = await v2(server, 'pad', { tab: tabOfBob });
    await bob.sees('before');
    await end(server);
    await alice.closing();
    await bob.closing();
    await server.restart();

    const bobAgain = await v2(server, 'pad', { tab: tabOfBob });
    await bobAgain.type(' and after');
    const again = await v2(server, 'pad', { tab });
    expect(again.welcome).toMatchObject({ resumed: true, user_id: alice.id, revision: 2 });
    expect(again.welcome.epoch).not.toBe(epoch);
    expect(again.all('Snapshot')).toEqual([]);
    expect(again.all('History')[0]).toMatchObject({ start: 1, operations: [{ id: bobAgain.id }] });
    await again.sees('before and after');
  });

  test('nothing missed: an empty History', async () => {
    const server = await startServer();
    const tab = freshTab();
    await (await v2(server, 'pad', { tab })).type('text');
    await end(server);
    await server.restart();
    const again = await v2(server, 'pad', { tab });
    expect(again.all('History')).toEqual([{ start: 1, operations: [] }]);
    expect(again.text).toBe('text');
  });

  test('what was typed while the server was away arrives once', async () => {
    const server = await startServer();
    const tab = freshTab();
    const alice = await v2(server, 'pad', { tab });
    await alice.type('online');
    await end(server);
    await alice.closing();
    alice.replica.edit([6, ' offline']);
    alice.replica.edit([14, '!']);
    await server.restart();
    const again = await v2(server, 'pad', { tab });
    await again.settled();
    expect(await server.text('pad')).toBe('online offline!');
  });

  test('exactly once: the acknowledgement was lost with the server', async () => {
    const server = await startServer();
    const { tab } = await lostAcknowledgement(server);
    await end(server);
    await server.restart();
    const again = await v2(server, 'pad', { tab });
    expect(again.welcome).toMatchObject({ resumed: true, committed: 2 });
    await again.settled();
    expect(again.text).toBe('start hello');
    expect(await server.text('pad')).toBe('start hello');
  });

  test('twice in a row', async () => {
    const server = await startServer();
    const tab = freshTab();
    let text = '';
    for (let i = 0; i < 3; i++) {
      const alice = await v2(server, 'pad', { tab });
      if (i > 0) expect(alice.welcome.resumed).toBe(true);
      await alice.type(`${i} `);
      text += `${i} `;
      await end(server);
      await alice.closing();
      await server.restart();
    }
    expect(await server.text('pad')).toBe(text);
  });
});

describe('regression: a lost acknowledgement does not double the text', () => {
  test('the line was cut after the server had the edit', async () => {
    const server = await startServer();
    const { tab, other } = await lostAcknowledgement(server);
    const again = await v2(server, 'pad', { tab });
    expect(again.welcome).toMatchObject({ resumed: true, committed: 2 });
    expect(again.all('History')[0]).toMatchObject({ start: 1, operations: [{ id: again.id }] });
    await again.settled();
    await other.sees('start hello');
    expect(again.text).toBe('start hello');
  });

  test('the line was cut before the server had the edit', async () => {
    const server = await startServer();
    const tab = freshTab();
    const alice = await v2(server, 'pad', { tab });
    await alice.type('start ');
    await alice.cut();
    alice.replica.edit([6, 'hello']); // typed, never sent
    const again = await v2(server, 'pad', { tab });
    expect(again.welcome.committed).toBe(1);
    await again.settled();
    expect(await server.text('pad')).toBe('start hello');
  });

  test('what was typed behind the edit in flight follows it', async () => {
    const server = await startServer();
    const { tab, other } = await lostAcknowledgement(server);
    tab.replica.edit([11, ' again']);
    await other.type('> ', 0);
    const again = await v2(server, 'pad', { tab });
    await again.settled();
    expect(await converged(server, 'pad', [again, other])).toBe('> start hello again');
  });
});

describe('no resume where it could splice two histories', () => {
  test('an unknown epoch gets a Snapshot', async () => {
    const server = await startServer();
    const tab = freshTab();
    const alice = await v2(server, 'pad', { tab });
    await alice.type('text');
    await alice.close();
    tab.epoch = Buffer.alloc(16, 7).toString('base64url');
    await expectSnapshot(server, tab, 'text');
  });

  test('a revision beyond the end of its epoch gets a Snapshot', async () => {
    const server = await startServer();
    const tab = freshTab();
    const alice = await v2(server, 'pad', { tab });
    await alice.type('text');
    await alice.close();
    tab.replica.revision = 5;
    await expectSnapshot(server, tab, 'text');
  });

  test('a tab of before a deletion of the database gets an empty Snapshot', async () => {
    const server = await startServer();
    const tab = freshTab();
    const alice = await v2(server, 'pad', { tab });
    await alice.type('text');
    await server.stop();
    deleteDatabase(server.database);
    await server.restart();
    await expectSnapshot(server, tab, '');
  });

  test('regression: at equal length a restored backup does not silently take edits meant for another text', async () => {
    const server = await startServer();
    const tab = freshTab();
    const alice = await v2(server, 'pad', { tab });
    await alice.type('aaaa');
    await server.stop();
    backUp(server.database);
    await server.restart();
    const back = await v2(server, 'pad', { tab });
    back.edit(['bbbb', -4]); // same length, another text, and the backup does not have it
    await back.settled();
    await server.stop();
    await back.closing();
    restore(server.database);
    await server.restart();
    await expectSnapshot(server, tab, 'aaaa');
  });

  test('the same, when the restored document was edited to the same revision meanwhile', async () => {
    const server = await startServer();
    const tab = freshTab();
    const alice = await v2(server, 'pad', { tab });
    await alice.type('aaaa');
    await server.stop();
    backUp(server.database);
    await server.restart();
    const back = await v2(server, 'pad', { tab });
    back.edit(['bbbb', -4]);
    await back.settled();
    await server.stop();
    restore(server.database);
    await server.restart();
    const other = await v2(server, 'pad');
    other.edit(['cccc', -4]);
    await other.settled();
    await expectSnapshot(server, tab, 'cccc');
  });

  test('what was typed against the lost text is kept, on top of the snapshot', async () => {
    const server = await startServer();
    const tab = freshTab();
    const alice = await v2(server, 'pad', { tab });
    await alice.type('one two');
    await alice.close();
    alice.replica.edit([7, ' three']);
    tab.epoch = Buffer.alloc(16, 9).toString('base64url');
    const again = await v2(server, 'pad', { tab });
    expect(again.welcome.resumed).toBe(false);
    await again.settled();
    expect(await server.text('pad')).toBe('one two three');
  });
});

test('v1 after a restart: what it remembers is not applied to another text', async () => {
  const server = await startServer();
  const alice = await v1(server, 'pad');
  await alice.type('one');
  await alice.type(' two');
  await server.restart();
  // history is now one insert: revision 2 does not exist yet for v1
  const again = await v1(server, 'pad');
  await again.sees('one two');
  expect(again.replica.revision).toBe(1);
  again.sendEdit(2, [7, 'x']);
  expect((await again.closing()).reason).not.toBe('');
  expect(await server.text('pad')).toBe('one two');
});

/** A tab whose edit is stored while the echo never reaches it. */
async function lostAcknowledgement(server: Server): Promise<{ tab: Tab; other: Awaited<ReturnType<typeof v2>> }> {
  const tab = freshTab();
  const alice = await v2(server, 'pad', { tab });
  const other = await v2(server, 'pad');
  await alice.type('start ');
  alice.socket.removeAllListeners('message'); // deaf from here on
  alice.insert('hello');
  await other.sees('start hello');
  await alice.cut();
  expect(tab.replica.settled).toBe(false);
  return { tab, other };
}

async function expectSnapshot(server: Server, tab: Tab, text: string): Promise<void> {
  const again = await v2(server, 'pad', { tab });
  expect(again.welcome.resumed).toBe(false);
  expect(again.all('Snapshot')).toEqual([{ revision: again.welcome.revision, text }]);
  expect(again.text).toBe(text);
}
