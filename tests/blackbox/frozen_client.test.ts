// A client that stands still (a laptop lid, a debugger, SIGSTOP) for longer than
// the heartbeat waits and than history is kept, and then goes on.
import { beforeAll, expect, test } from 'vitest';
import { forTheTest, freshToken, v2 } from './support/clients.ts';
import { Connection } from './support/connection.ts';
import { startServer } from './support/server.ts';
import { buildTab, TabProcess } from './support/tab_process.ts';
import { sleep, until } from './support/wait.ts';

const HISTORY_MS = 300;
const SETTINGS = { KP_TEST_HEARTBEAT_MS: 1000, KP_TEST_HISTORY_MS: HISTORY_MS, KP_TEST_PERSIST_CHECK_MS: 50, RATE_LIMITS: 'off' };

beforeAll(buildTab);

test('longer than the heartbeat: it is let go, comes back and resumes', async () => {
  const server = await startServer({ ...SETTINGS, KP_TEST_HISTORY_MS: 600_000 });
  const bob = await v2(server, 'pad');
  const alice = TabProcess.start(server.socketUrl('pad'));
  await alice.sees('');
  alice.type('alice ');
  await bob.sees('alice ');
  alice.freeze();
  alice.type('asleep '); // is read, and so typed, when it goes on
  await server.logged('disconnected forcefully');
  await bob.type('bob ', 0);
  alice.thaw();
  const { resumes, text } = await alice.until('to be back', (state) => state.isUp && state.unsaved === 0 && state.text.includes('asleep'));
  expect(resumes).toBeGreaterThan(0);
  expect(text).toBe('bob alice asleep ');
  await bob.sees(text);
});

test('longer than history is kept: it gets the text anew and keeps what it had', async () => {
  const server = await startServer(SETTINGS);
  const bob = await v2(server, 'pad');
  await bob.type('text ');
  const { epoch, replica: { revision } } = bob.tab;
  const alice = TabProcess.start(server.socketUrl('pad'));
  await alice.sees('text ');
  alice.freeze();
  alice.type('asleep ');
  await server.logged('disconnected forcefully');
  await until('history to be gone', async () => {
    await bob.type('b', 0);
    await sleep(HISTORY_MS);
    const probe = forTheTest(await Connection.dial(server.socketUrl('pad'), ['kolabpad.v2']));
    probe.send({ Hello: { client: freshToken(), otp: null, epoch, revision, name: 'Probe', hue: 0 } });
    const { resumed } = await probe.message('Welcome');
    await probe.cut(); // for whoever is there the history is kept
    return !resumed;
  });
  const welcomes = alice.state!.welcomes;
  alice.thaw();
  const back = await alice.until('to be back', (state) => state.isUp && state.unsaved === 0 && state.welcomes > welcomes);
  expect(back.resumes, 'a snapshot, not history').toBe(0);
  expect(back.text).toBe(`${bob.text.replace('asleep ', '')}asleep `);
  await bob.sees(back.text);
});
