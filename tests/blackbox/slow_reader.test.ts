// Somebody stops reading: the others do not notice, the server does not swell,
// and afterwards one catch-up is enough.
import { expect, test } from 'vitest';
import fs from 'node:fs';
import type { V1Client } from './support/clients.ts';
import { forTheTest, freshTab, freshToken, v1, v2 } from './support/clients.ts';
import { Connection } from './support/connection.ts';
import type { Server } from './support/server.ts';
import { startServer } from './support/server.ts';
import { sleep } from './support/wait.ts';

const rssKb = (server: Server): number =>
  Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]);

/** A v2 connection without a copy of the text: megabytes of edits are too much for a plain one. */
async function bare(server: Server, document: string): Promise<Connection> {
  const connection = forTheTest(await Connection.dial(server.socketUrl(document), ['kolabpad.v2']));
  connection.send({ Hello: { client: freshToken(), otp: null, epoch: null, revision: 0, name: 'Bare', hue: 0 } });
  await connection.message('Users');
  return connection;
}

test('a reader that stops is caught up by a few large messages, with the newest presence', async () => {
  const server = await startServer({ RATE_LIMITS: 'off', MAX_DOCUMENT_SIZE_KB: 8192, KP_TEST_WRITE_TIMEOUT_MS: 120_000 });
  const writer = await bare(server, 'pad');
  const reader = await bare(server, 'pad');
  const LENGTH = 4 << 20; // as much history may be kept as four times the text
  writer.send({ Edit: { revision: 0, operation: ['y'.repeat(LENGTH)] } });
  await reader.message('History');
  reader.socket.pause();
  const before = reader.messages.length;

  let revision = 1;
  const edit = async (size: number, times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      writer.send({ Edit: { revision, operation: ['z'.repeat(size), -size, LENGTH - size] } });
      revision += 1;
      const wanted = revision;
      await writer.until('the echo', () => endOf(writer) === wanted);
    }
  };
  await edit(20_000, 600); // 12 MB: more than both socket buffers take
  for (let i = 1; i <= 100; i++) {
    await edit(1, 10);
    writer.send({ ClientInfo: { name: `name ${i}`, hue: i } });
    writer.send({ CursorData: { cursors: [i], selections: [] } });
  }
  await writer.message('UserCursor', ({ data }) => data.cursors[0] === 100);

  reader.socket.resume();
  await reader.until('all edits', () => endOf(reader) === revision);
  await reader.until('the newest name', () => reader.all('UserInfo').at(-1)?.info?.name === 'name 100');
  await reader.until('the newest caret', () => reader.all('UserCursor').at(-1)?.data.cursors[0] === 100);
  let next = 1;
  for (const { start, operations } of reader.all('History').slice(1)) {
    expect(start).toBe(next); // without a gap and nothing twice
    next += operations.length;
  }
  expect(reader.messages.length - before).toBeLessThan(900); // of 1,600 edits, 100 names, 100 carets
});

function endOf(connection: Connection): number {
  const last = connection.all('History').at(-1);
  return last === undefined ? 0 : last.start + last.operations.length;
}

test('a reader hopelessly behind is told to start afresh, and then has everything', async () => {
  const server = await startServer({ RATE_LIMITS: 'off', KP_TEST_WRITE_TIMEOUT_MS: 120_000 });
  const writer = await v2(server, 'pad');
  const tab = freshTab();
  const reader = await v2(server, 'pad', { tab });
  reader.socket.pause();
  const filling = 'x'.repeat(20_000); // 30 MB in all; about 1 MiB of history is kept
  for (let i = 0; i < 1_500; i++) {
    const length = writer.length;
    writer.edit(length === 0 ? [filling] : [filling, -length]);
    await writer.settled();
  }
  await writer.type('the end');
  reader.socket.resume();
  expect((await reader.closing()).code).toBe(4409);
  const again = await v2(server, 'pad', { tab });
  expect(again.welcome.resumed).toBe(false);
  expect(again.text).toBe(writer.text);
});

test('the memory held for slow readers is bounded', async () => {
  const server = await startServer({ RATE_LIMITS: 'off', KP_TEST_WRITE_TIMEOUT_MS: 120_000 });
  const writer = await v2(server, 'pad');
  const deaf = await Promise.all(Array.from({ length: 20 }, () => v2(server, 'pad')));
  deaf.forEach((client) => client.socket.pause());
  const text = 'z'.repeat(50_000);
  const replace = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      const length = writer.length;
      writer.edit(length === 0 ? [text] : [text, -length]);
      await writer.settled();
    }
  };
  await replace(100);
  const early = rssKb(server);
  await replace(800); // 40 MB for each of 20 readers, if it were kept for them
  const grown = rssKb(server) - early;
  expect(grown).toBeLessThan(64 * 1024);
});

test('v1 clients that join and do not read hold little of a long history, and get all of it in order', async () => {
  const server = await startServer({ RATE_LIMITS: 'off', KP_TEST_WRITE_TIMEOUT_MS: 120_000 });
  const writer = await v1(server, 'pad');
  writer.info('Writer', 7);
  const text = 'z'.repeat(50_000);
  for (let i = 0; i < 300; i++) {
    writer.edit(writer.length === 0 ? [text] : [text, -writer.length]);
    await writer.settled();
  }
  const before = rssKb(server);
  const deaf: V1Client[] = [];
  for (let i = 0; i < 20; i++) {
    const client = await v1(server, 'pad');
    client.socket.pause();
    deaf.push(client);
    await writer.type('.', 0); // so that no two of them lack the same
  }
  expect(rssKb(server) - before).toBeLessThan(128 * 1024); // 15 MB of history each
  const [one] = deaf as [V1Client];
  one.socket.resume();
  await one.sees(writer.text);
  await one.message('UserInfo', ({ info }) => info?.name === 'Writer');
  const kinds = one.messages.map((message) => Object.keys(message)[0]);
  expect(kinds.indexOf('UserInfo')).toBeGreaterThan(kinds.lastIndexOf('History'));
  let next = 0;
  for (const { start, operations } of one.all('History')) {
    expect(start).toBe(next);
    next += operations.length;
  }
});

test('a reader that takes nothing for the write timeout is closed, and the others hear it', async () => {
  const server = await startServer({ RATE_LIMITS: 'off', KP_TEST_WRITE_TIMEOUT_MS: 700 });
  const writer = await v2(server, 'pad');
  const reader = await v2(server, 'pad', { name: 'Sleeper' });
  await writer.message('UserInfo', ({ info }) => info?.name === 'Sleeper');
  reader.socket.pause();
  const text = 'w'.repeat(100_000);
  const gone = writer.message('UserInfo', ({ id, info }) => id === reader.id && info === null);
  let waiting = true;
  void gone.finally(() => (waiting = false));
  while (waiting) {
    const length = writer.length;
    writer.edit(length === 0 ? [text] : [text, -length]);
    await writer.settled();
    await sleep(5);
  }
  await gone;
  await server.logged(/error: websocket_write_timeout userId=\d+ duration=/);
  reader.socket.resume();
  await reader.closing();
});

test('one that reads slowly but steadily is not closed', async () => {
  const server = await startServer({ RATE_LIMITS: 'off', KP_TEST_WRITE_TIMEOUT_MS: 1_500 });
  const writer = await v1(server, 'pad');
  const reader = await v2(server, 'pad');
  for (let i = 0; i < 60; i++) {
    reader.socket.pause();
    const length = writer.length;
    const text = String(i).repeat(20_000).slice(0, 40_000);
    writer.edit(length === 0 ? [text] : [text, -length]);
    await writer.settled();
    await sleep(20);
    reader.socket.resume();
    await sleep(20);
  }
  await reader.sees(writer.text);
  expect(reader.closed).toBeUndefined();
});
