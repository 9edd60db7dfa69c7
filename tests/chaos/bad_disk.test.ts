// A disk and a clock that misbehave under the real server (faulty_io.c).
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import fs from 'node:fs';
import path from 'node:path';
import { buildFaultyIo, ERRNO, FaultyIo } from './faulty_io.ts';
import { v2 } from '../blackbox/support/clients.ts';
import { jsonBody } from '../blackbox/support/http.ts';
import type { Server } from '../blackbox/support/server.ts';
import { SERVER_PATH, startServer, temporaryFolder } from '../blackbox/support/server.ts';
import { sleep, until } from '../blackbox/support/wait.ts';

/** A sanitizer wants to be the first library of its process. */
const canPreload = !/tsan|asan|dev/.test(SERVER_PATH);

beforeAll(buildFaultyIo);

async function faulty(settings = {}): Promise<{ server: Server; io: FaultyIo }> {
  const folder = temporaryFolder();
  const io = new FaultyIo(path.join(folder, 'faulty_io'));
  onTestFinished(() => {
    io.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return { server: await startServer({ ...settings, ...io.settings }, folder), io };
}

test.runIf(canPreload).each(['lazy', 'journal'])('%s: SIGTERM just after a full disk has room again loses nothing', async (durability) => {
  const { server, io } = await faulty({ DURABILITY: durability, KP_TEST_PERSIST_CHECK_MS: 20, KP_TEST_IDLE_PERSIST_MS: 20 });
  const alice = await v2(server, 'pad');
  await alice.type('before');
  io.disk({ writeErrno: ERRNO.ENOSPC, percent: 100 });
  alice.insert(' during');
  await until('a failed write', async () => (await server.get('/api/health')).status === 503);
  await sleep(1500);
  io.disk({});
  await sleep(20);
  expect(await server.stop(), server.log).toEqual({ code: 0, signal: null });
  await server.restart();
  expect(['before during', 'before']).toContain(await server.text('pad'));
  if (alice.replica.settled) expect(await server.text('pad')).toBe('before during');
});

test.runIf(canPreload)('regression: a pad whose first write failed, a password, can be resumed after a restart all the same', async () => {
  const { server, io } = await faulty();
  const alice = await v2(server, 'pad');
  io.disk({ writeErrno: ERRNO.ENOSPC, percent: 100 });
  const body = { user_id: alice.id, user_name: 'Alice', client: alice.tab.token };
  expect((await server.get('/api/document/pad/protect', jsonBody('POST', body))).status).toBe(503);
  io.disk({});
  await alice.type('text');
  await server.kill();
  await server.restart();
  const again = await v2(server, 'pad', { tab: alice.tab });
  expect(again.welcome.resumed).toBe(true);
  expect(again.text).toBe('text');
});

test.runIf(canPreload)('regression: a clock that jumps does not hold up the stop', async () => {
  const { server, io } = await faulty();
  const alice = await v2(server, 'pad');
  for (const offMs of [3_600_000, -3_600_000, 86_400_000]) {
    io.clock(offMs);
    await sleep(1200);
    await alice.type('tick ');
  }
  const began = Date.now();
  expect((await server.stop()).code).toBe(0);
  expect(Date.now() - began).toBeLessThan(10_000);
});
