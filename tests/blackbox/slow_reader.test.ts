// Somebody stops reading: the others do not notice, the server does not swell,
// and afterwards one catch-up is enough.
import { expect, test } from 'vitest';
import fs from 'node:fs';
import { v1, v2 } from './support/clients.ts';
import type { Server } from './support/server.ts';
import { startServer } from './support/server.ts';
import { sleep } from './support/wait.ts';

const rssKb = (server: Server): number =>
  Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]);

test('a reader that stops is caught up by a few large messages, with the newest presence', async () => {
  const server = await startServer({ RATE_LIMITS: 'off', KP_TEST_WRITE_TIMEOUT_MS: 120_000 });
  const writer = await v2(server, 'pad', { name: 'name 0' });
  const reader = await v2(server, 'pad');
  reader.socket.pause();
  const before = reader.messages.length;
  const EDITS = 1_500;
  const filling = 'y'.repeat(20_000); // 30 MB in all: enough to fill both socket buffers several times over
  for (let i = 1; i <= EDITS; i++) {
    const length = writer.length;
    writer.edit(length === 0 ? [filling] : [filling, -length]);
    await writer.settled();
    if (i % 10 === 0) {
      writer.info(`name ${i}`, i % 360);
      writer.point([i]);
    }
  }
  await writer.type('the end');
  reader.socket.resume();
  await reader.sees(writer.text);
  await reader.until('the newest name', () => reader.users.get(writer.id)?.name === `name ${EDITS}`);
  await reader.until('the newest caret', () => reader.cursors.get(writer.id)?.cursors[0] === EDITS);
  const received = reader.messages.length - before;
  expect(received).toBeLessThan(writer.messages.length / 2);
  expect(reader.closed).toBeUndefined();
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
