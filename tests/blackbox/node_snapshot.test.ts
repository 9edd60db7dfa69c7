// While the text of a document is being written, with what becomes of its journal, which takes long for a
// document in which much was typed, or when many are left at once: whoever types in it is told that his edits
// are saved, as at any other time.
import { describe, expect, onTestFinished, test } from 'vitest';
import { v2 } from './support/clients.ts';
import { checkTables, startNode, startPostgres } from './support/nodes.ts';
import { PgProxy } from './support/pg_proxy.ts';
import { whyNoPostgres } from './support/postgres.ts';
import { freshId } from './support/server.ts';
import { until } from './support/wait.ts';

const missing = whyNoPostgres();
const title = `a snapshot that takes long${missing === null ? '' : ` (skipped: ${missing})`}`;
const SNAPSHOT = 'kp_documents (id, language';
const SETTINGS = { KP_TEST_PERSIST_CHECK_MS: 40, KP_TEST_IDLE_PERSIST_MS: 60 };

describe.skipIf(missing !== null)(title, () => {
  test.each([
    ['is asked for', 'before'],
    ['is under way', 'after'],
    ['is written, and its answer stands still', 'before-answer'],
  ])('holds up nobody who types in that document: it %s', async (_, place) => {
    const postgres = await startPostgres();
    const line = await PgProxy.start(postgres.port);
    onTestFinished(() => line.dispose());
    const server = await startNode(`postgres://kolabpad@127.0.0.1:${line.port}/kolabpad`, SETTINGS);
    const [id, other] = [freshId(), freshId()];
    const [alice, bob, carol] = [await v2(server, id), await v2(server, id), await v2(server, other)];
    await carol.type('another pad');
    await server.logged(new RegExp(`persisted docId=${other}`));
    const held = await line.rule(`hold ${place} ${SNAPSHOT}`);
    await alice.type('before');
    await held();
    const begun = Date.now();
    for (let i = 0; i < 20; i++) {
      await alice.type(`, ${i}`);
      await bob.type('.', 0);
    }
    await carol.type(', and on');
    expect(Date.now() - begun).toBeLessThan(9_000); // then the server gives the connection up
    expect(server.log).not.toMatch(/persisted docId=\S+ reason=\S+ revision=[2-9]/);
    // what was told is written, whatever becomes of the snapshot
    await server.kill();
    await line.say('forget');
    await server.restart();
    await server.listening();
    await bob.sees(alice.text);
    expect(await until('the text', () => server.text(id).catch(() => undefined), 30_000)).toBe(alice.text);
    expect(await server.text(other)).toBe('another pad, and on');
    checkTables(postgres);
  });
});
