// Half-open connections: packets vanish between two network namespaces, and
// neither side is told.
import { beforeAll, describe, expect, test } from 'vitest';
import { Cable, SERVER_ADDRESS, whyNoNamespaces } from './support/network_namespace.ts';
import type { Server } from './support/server.ts';
import { startServer, temporaryFolder } from './support/server.ts';
import { buildTab, TabProcess } from './support/tab_process.ts';

const SETTINGS = { HOST: SERVER_ADDRESS, KP_TEST_HEARTBEAT_MS: 1000, RATE_LIMITS: 'off' };
const whyNot = whyNoNamespaces();
if (whyNot) console.log(`SKIP half_open: ${whyNot}`);

describe.skipIf(whyNot !== null)('packets vanish', () => {
  beforeAll(buildTab);

  /** Alice's packets come over the cable, Bob sits beside the server. */
  async function scene(): Promise<{ cable: Cable; server: Server; alice: TabProcess; bob: TabProcess }> {
    const cable = Cable.lay();
    const server = await startServer(SETTINGS, temporaryFolder(), cable.atServer);
    const url = `ws://${SERVER_ADDRESS}:${server.port}/api/socket/pad`;
    const [alice, bob] = [TabProcess.start(url, cable.atClient), TabProcess.start(url, cable.atServer)];
    await Promise.all([alice.sees(''), bob.sees('')]);
    alice.type('before ');
    await Promise.all([alice.sees('before '), bob.sees('before ')]);
    return { cable, server, alice, bob };
  }

  test('both ways: both sides notice, both go on, and it all comes together', async () => {
    const { cable, server, alice, bob } = await scene();
    cable.swallow('up', 'down');
    alice.type('alice ');
    bob.type('bob ');
    await bob.sees('before bob ');
    await alice.until('that nobody answers', ({ silences, isUp }) => silences > 0 && !isUp);
    expect(alice.state).toMatchObject({ text: 'before alice ', unsaved: 1 });
    await server.logged(/User 0 disconnected|User 1 disconnected/);
    alice.type('more ');
    cable.heal();
    const { text, resumes } = await alice.until('to be back', ({ isUp, unsaved }) => isUp && unsaved === 0);
    expect(resumes).toBe(1);
    expect(['before alice more bob ', 'before bob alice more ']).toContain(text);
    await bob.sees(text);
  });

  test('only the way back: the edit arrives, its echo does not, and it is there once', async () => {
    const { cable, alice, bob } = await scene();
    cable.swallow('down');
    alice.type('alice ');
    await alice.until('that nobody answers', ({ silences, isUp }) => silences > 0 && !isUp);
    alice.type('more ');
    cable.heal();
    await Promise.all([alice.sees('before alice more '), bob.sees('before alice more ')]);
    expect(alice.state!.resumes).toBe(1);
  });

  test('only the way there: the edit does not arrive, and is sent again', async () => {
    const { cable, alice, bob } = await scene();
    cable.swallow('up');
    alice.type('alice ');
    await alice.until('that nobody answers', ({ silences, isUp }) => silences > 0 && !isUp);
    bob.type('bob ');
    await bob.sees('before bob ');
    cable.heal();
    const { text } = await alice.until('to be back', ({ isUp, unsaved }) => isUp && unsaved === 0);
    expect(['before alice bob ', 'before bob alice ']).toContain(text);
    await bob.sees(text);
  });
});
