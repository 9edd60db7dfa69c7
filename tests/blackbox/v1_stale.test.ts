// A v1 tab that went on typing across a restart: its revisions mean nothing to
// the new server. Where that shows it is closed with a reason; docs/protocol.md
// says where it cannot show.
import { expect, test } from 'vitest';
import { v1, v2 } from './support/clients.ts';
import type { Server } from './support/server.ts';
import { startServer } from './support/server.ts';

/** "one two" in two edits; after the restart a v1 client's history is one insert. */
async function restarted(): Promise<Server> {
  const server = await startServer();
  const alice = await v1(server, 'pad');
  await alice.type('one');
  await alice.type(' two');
  await server.restart();
  return server;
}

test('a revision beyond its history closes with a reason', async () => {
  const server = await restarted();
  const stale = await v1(server, 'pad');
  stale.sendEdit(2, [7, 'x']);
  expect((await stale.closing()).reason).not.toBe('');
  expect(await server.text('pad')).toBe('one two');
});

test('another base length closes with a reason', async () => {
  const server = await restarted();
  const stale = await v1(server, 'pad');
  stale.sendEdit(1, [3, 'x']); // its revision 1 was "one"
  expect((await stale.closing()).reason).not.toBe('');
  expect(await server.text('pad')).toBe('one two');
});

test('nobody else notices', async () => {
  const server = await restarted();
  const bob = await v2(server, 'pad');
  const stale = await v1(server, 'pad');
  stale.sendEdit(2, [7, 'x']);
  await stale.closing();
  await bob.type('!');
  expect(await server.text('pad')).toBe('one two!');
});

test('while the server lives a v1 tab comes back to the numbers it knows', async () => {
  const server = await startServer({ KP_TEST_HISTORY_MS: 100, KP_TEST_PERSIST_CHECK_MS: 20 });
  const alice = await v1(server, 'pad');
  await alice.type('one');
  await alice.type(' two');
  await alice.cut();
  const bob = await v2(server, 'pad');
  await bob.type('> ', 0);
  const again = await v1(server, 'pad');
  again.sendEdit(2, [7, '!']); // made before it had heard of bob
  await bob.sees('> one two!');
});

test('what v1 cannot show: another text of the same length under the same revision', async () => {
  const server = await startServer();
  const alice = await v2(server, 'pad');
  alice.edit(['aaaa']);
  await alice.settled();
  await server.restart();
  const again = await v2(server, 'pad');
  again.edit(['bbbb', -4]);
  await again.settled();
  await server.restart();
  const stale = await v1(server, 'pad'); // remembers revision 1 as "aaaa"
  stale.sendEdit(1, [4, '!']);
  await stale.message('History', ({ start }) => start === 1);
  expect(await server.text('pad')).toBe('bbbb!');
});
