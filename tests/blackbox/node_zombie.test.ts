// An owner that stands still at the worst moments: with a statement on its way, half on its
// way, or carried out and not committed. Another one takes its pads, goes on with them, and
// what the first one was about to say comes too late, whenever it comes.
import { describe, expect, onTestFinished, test } from 'vitest';
import { v2 } from './support/clients.ts';
import { checkTables } from './support/invariants.ts';
import { ownerOf, startNode, startPostgres } from './support/nodes.ts';
import { PgProxy } from './support/pg_proxy.ts';
import { whyNoPostgres } from './support/postgres.ts';
import { freshId } from './support/server.ts';
import { until } from './support/wait.ts';

const missing = whyNoPostgres();
const title = `an owner stands still${missing === null ? '' : ` (skipped: ${missing})`}`;

/** It writes a pad's text as soon as nobody has typed for a moment. */
const WRITES_SOON = { KP_TEST_PERSIST_CHECK_MS: 50, KP_TEST_IDLE_PERSIST_MS: 50 };

async function scene(settings = {}) {
  const postgres = await startPostgres();
  const line = await PgProxy.start(postgres.port);
  onTestFinished(() => line.dispose());
  const one = await startNode(`postgres://kolabpad@127.0.0.1:${line.port}/kolabpad`, settings);
  const two = await startNode(postgres.url, settings);
  const id = freshId();
  const alice = await v2(one, id);
  await alice.type('saved ');
  expect(ownerOf(postgres, id)).toBe(one.port);
  return { postgres, line, one, two, id, alice };
}

describe.skipIf(missing !== null)(title, () => {
  test.each([
    ['before an append reaches PostgreSQL', 'before'],
    ['with half of an append sent', 'within'],
    ['with an append carried out and not committed, so that it holds the lock', 'after'],
    ['with an append committed and not answered', 'before-answer'],
    ['with half of the answer read', 'within-answer'],
  ])('%s', async (_, place) => {
    const { postgres, line, one, two, id, alice } = await scene();
    const held = await line.rule(`hold ${place} INSERT INTO kp_journal`);
    alice.insert('typed ');
    await held();
    one.signal('SIGSTOP');
    await until('the other to be asked for the pad, and to have it', async () => {
      await two.get(`/api/text/${id}`).catch(() => undefined);
      return ownerOf(postgres, id) === two.port;
    });
    const bob = await v2(two, id);
    await bob.type('meanwhile ', 0);
    const again = await v2(two, id, { tab: alice.tab });
    await again.settled();
    expect(again.text).toBe('meanwhile saved typed ');

    // what was held back arrives, and whoever sent it goes on
    await line.say('forget');
    one.signal('SIGCONT');
    await one.logged(/node_dead/);
    await bob.type('!', bob.length);
    for (const server of [one, two]) expect(await until('a text', () => server.text(id).catch(() => undefined))).toBe('meanwhile saved typed !');
    expect(ownerOf(postgres, id)).toBe(two.port);
    for (const { log } of [one, two]) expect(log).not.toMatch(/document_conflict/);
    checkTables(postgres);
  });

  test.each([
    ['in a transaction that has done nothing but take its lock', 'after', 'SELECT 1 / count'],
    ['with half of the text of a pad sent', 'within', 'INSERT INTO kp_documents (id, language'],
    ['with the text of a pad written and not committed', 'after', 'INSERT INTO kp_documents (id, language'],
  ])('%s', async (_, place, statement) => {
    const { postgres, line, one, two, id, alice } = await scene(WRITES_SOON);
    const held = await line.rule(`hold ${place} ${statement}`);
    alice.insert('typed ');
    await held();
    one.signal('SIGSTOP');
    await until('the other to be asked for the pad, and to have it', async () => {
      await two.get(`/api/text/${id}`).catch(() => undefined);
      return ownerOf(postgres, id) === two.port;
    });
    const bob = await v2(two, id, { tab: alice.tab });
    await bob.type('!');
    await line.say('forget');
    one.signal('SIGCONT');
    await one.logged(/node_dead/);
    await bob.type('!');
    expect(await until('a text', () => one.text(id).catch(() => undefined))).toBe('saved typed !!');
    for (const { log } of [one, two]) expect(log).not.toMatch(/document_conflict/);
    checkTables(postgres);
  });

  test('the text of a pad was written, and not the edits that are in it: whoever has it next goes on from there', async () => {
    const { postgres, line, one, two, id, alice } = await scene(WRITES_SOON);
    await line.say('always refuse 53100 INSERT INTO kp_journal');
    alice.insert('typed ');
    await until('the text to be ahead of the journal', () => postgres.sql(
      `SELECT 1 FROM kp_documents d WHERE id = '${id}' AND revision > (SELECT max(end_revision) FROM kp_journal WHERE document_id = d.id)`,
    ).length > 0);
    expect(alice.replica.settled, 'told what is not committed').toBe(false);
    await one.kill();
    const again = await until('the other to have it', () => v2(two, id, { tab: alice.tab }).catch(() => undefined));
    await again.settled();
    await again.type('and on');
    expect(await two.text(id)).toBe('saved typed and on');
    expect(two.log).not.toMatch(/document_conflict/);
    await two.kill();
    await two.restart();
    expect(await until('a text', () => two.text(id).catch(() => undefined))).toBe('saved typed and on');
    checkTables(postgres);
  });
});
