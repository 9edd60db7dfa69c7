// How much history is kept, and for how long: HISTORY_MAX_KB, HISTORY_DAYS; and what HISTORY=off leaves behind.
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { v2 } from './support/clients.ts';
import { json } from './support/http.ts';
import { ask } from './support/rights.ts';
import type { Server } from './support/server.ts';
import { freshId, startServer } from './support/server.ts';
import { sql } from './support/sqlite.ts';
import { NODES, ON_POSTGRES } from './support/store.ts';
import { sleep, until } from './support/wait.ts';

type Sitting = { first: number; end: number; authors: { name: string }[] };
type Step = { revision: number; end?: number; operation: (number | string)[] };

/** Snapshots come soon, so that the journal is emptied while a test runs; nothing is too young to be thinned. */
const SOON = { RATE_LIMITS: 'off', KP_TEST_PERSIST_CHECK_MS: 50, KP_TEST_IDLE_PERSIST_MS: 100, KP_TEST_HISTORY_MS: 1 };
const table = (name: string): string => `${ON_POSTGRES ? 'kp_' : ''}${name}`;
const of = (id: string, rest: string): string => `/api/document/${id}/${rest}`;

function stored(s: Server, id: string): number {
  const sum = (name: string): string => `(SELECT coalesce(sum(stored), 0) FROM ${table(name)} WHERE document_id = '${id}')`;
  return Number(sql<{ n: number }>(s.database, `SELECT ${sum('history')} + ${sum('checkpoints')} AS n`)[0]!.n);
}

const rows = (s: Server, id: string, name: string): number =>
  Number(sql<{ n: number }>(s.database, `SELECT count(*) AS n FROM ${table(name)} WHERE document_id = '${id}'`)[0]!.n);

/** Letters that do not compress. */
const noise = (points: number): string => Array.from({ length: points }, () => String.fromCodePoint(0x4e00 + Math.floor(Math.random() * 20_000))).join('');

/** They type in turns, and leave; gives the text at each revision. */
async function type(s: Server, id: string, times: number, words: () => string, names = ['Alice Appleseed']): Promise<string[]> {
  const texts = [''];
  const people = await Promise.all(names.map((name) => v2(s, id, { name, hue: 20 })));
  for (let i = 0; i < times; i++) {
    const person = people[i % people.length]!;
    await person.until('all texts', () => person.replica.revision === texts.length - 1);
    if (person.length > 1000) {
      person.delete(0, person.length); // a text is a part of its history, and is to be small here
      await person.settled();
      texts.push(person.text);
    }
    await person.type(words());
    texts.push(person.text);
  }
  for (const person of people) await person.close();
  return texts;
}

/** Types some more until that is so: what leaves the journal does so with snapshots, of which one follows each visit. */
async function visit(s: Server, id: string, texts: string[], what: string, isSo: () => boolean): Promise<void> {
  await until(what, async () => {
    const bob = await v2(s, id, { name: 'Visitor' });
    await bob.type('.');
    texts[bob.replica.revision] = bob.text;
    await bob.close();
    await sleep(100);
    return isSo();
  });
}

describe('HISTORY_MAX_KB', () => {
  const TIGHT = { ...SOON, HISTORY_MAX_KB: 64, KP_TEST_HISTORY_UNTOUCHED_MS: 1 };

  test('beyond it what one person did in a row becomes one step, and every text that is given is right', async () => {
    const s = await startServer(TIGHT);
    const id = freshId();
    const texts = await type(s, id, 300, () => noise(100));
    await visit(s, id, texts, 'the history within its limit', () => rows(s, id, 'history') > 0 && stored(s, id) <= 64 * 1024);
    const steps = json<Step[]>(await s.get(of(id, 'history/operations?from=0')));
    const thinned = steps.filter(({ revision, end }) => end !== undefined && end > revision + 1);
    expect(thinned.length).toBeGreaterThan(0);
    const { revision, end } = thinned[0] as Required<Step>;
    expect((await s.get(of(id, `history/${end}`))).text).toBe(texts[end]);
    const gone = await s.get(of(id, `history/${revision + 1}`));
    expect([gone.status, json(gone)]).toEqual([404, { error: expect.any(String), code: 'gone', before: revision, after: end }]);
  });

  test('where several typed in turns the oldest goes; what is left is bounded and right', async () => {
    const s = await startServer(TIGHT);
    const id = freshId();
    const texts = await type(s, id, 400, () => noise(100), ['Alice', 'Bob']);
    await visit(s, id, texts, 'the history within its limit', () => rows(s, id, 'history') > 0 && stored(s, id) <= 64 * 1024);
    const begins = json<Sitting[]>(await s.get(of(id, 'history?limit=1000'))).at(-1)!.first;
    expect(begins).toBeGreaterThan(0);
    const gone = await s.get(of(id, 'history/0'));
    expect([gone.status, json<{ after: number }>(gone).after]).toEqual([404, begins]);
    let given = 0;
    for (let revision = begins; revision < texts.length; revision++) {
      const answer = await s.get(of(id, `history/${revision}`));
      if (answer.status !== 200) continue;
      given += 1;
      expect(answer.text === texts[revision], `revision ${revision}`).toBe(true);
    }
    expect(given).toBeGreaterThan(10);
  });

  test('the last day is left as it is, however much it is', async () => {
    const s = await startServer({ ...SOON, HISTORY_MAX_KB: 64 });
    const id = freshId();
    const texts = await type(s, id, 150, () => noise(400));
    await visit(s, id, texts, 'a history beyond the limit', () => stored(s, id) > 80 * 1024);
    const all = json<Step[]>(await s.get(of(id, 'history/operations?from=0&to=20')));
    expect(all.map(({ revision, end }) => [revision, end])).toEqual(all.map((_, i) => [i, undefined]));
    expect((await s.get(of(id, 'history/1'))).text).toBe(texts[1]);
  });
});

describe.skipIf(ON_POSTGRES || NODES > 1)('HISTORY_DAYS', () => {
  const DAYS = { ...SOON, HISTORY_DAYS: 30, KP_TEST_CLEANUP_INTERVAL_MS: 100 };

  test('what is older goes, what is younger stays', async () => {
    const s = await startServer(DAYS);
    for (const id of ['old', 'young']) {
      await type(s, id, 60, () => noise(300));
      await visit(s, id, [], 'segments', () => rows(s, id, 'history') > 0);
    }
    await s.stop();
    for (const [id, days] of [['old', 31], ['young', 29]] as const)
      for (const name of ['history', 'checkpoints']) sql(s.database, `UPDATE ${name} SET kept_at = kept_at - ${days} * 86400 WHERE document_id = '${id}'`);
    await s.restart();
    await until('the old one gone', () => rows(s, 'old', 'history') === 0);
    expect(rows(s, 'young', 'history')).toBeGreaterThan(0);
    expect((await s.get(of('young', 'history/1'))).status).toBe(200);
    expect((await s.get(of('old', 'history/1'))).status).toBe(404);
  });

  test('of a pad that nobody used for so long nothing is left but the text, however little it is', async () => {
    const s = await startServer(DAYS);
    for (const id of ['old', 'young']) {
      await type(s, id, 3, () => 'secret ');
      const bob = await v2(s, id, { name: 'Bob' });
      bob.delete(0, bob.length);
      await bob.type('harmless');
      await bob.close();
    }
    await s.logged(/flush docId=young/);
    await s.stop();
    for (const [id, days] of [['old', 31], ['young', 29]] as const)
      sql(s.database, `UPDATE documents SET accessed_at = accessed_at - ${days} * 86400 WHERE id = '${id}'`);
    await s.restart();
    await until('the old one gone', async () => json<Sitting[]>(await s.get(of('old', 'history'))).length === 0);
    expect((await s.text('old'))).toBe('harmless');
    expect(json<Sitting[]>(await s.get(of('young', 'history'))).length).toBeGreaterThan(0);
    for (const name of ['history', 'history_fresh', 'authors']) expect(rows(s, 'old', name), name).toBe(0);
    expect(rows(s, 'old', 'journal')).toBeLessThanOrEqual(1);
    expect(rows(s, 'young', 'authors')).toBeGreaterThan(0);
  });
});

describe.skipIf(ON_POSTGRES || NODES > 1)('off for a pad', () => {
  test('leaves nothing behind in the file', async () => {
    const s = await startServer(SOON);
    await type(s, 'pad', 40, () => 'the secret of Mildred ');
    const bob = await v2(s, 'pad', { name: 'Bob' });
    bob.delete(0, bob.length);
    await bob.type('harmless');
    await bob.close();
    await s.logged(/flush docId=pad/);
    const [owner] = sql<{ n: number }>(s.database, "SELECT count(*) AS n FROM rights WHERE document_id = 'pad'");
    expect(owner!.n).toBe(1);
    sql(s.database, "DELETE FROM rights WHERE document_id = 'pad'");
    await s.restart();
    expect((await ask(s, 'PUT', of('pad', 'history'), { keep: false })).status).toBe(204);
    const carol = await v2(s, 'pad', { name: 'Carol Carrot' });
    for (let i = 0; i < 20; i++) await carol.type('?');
    carol.delete(0, carol.length);
    await carol.type('still harmless');
    await carol.close();
    await s.stop();
    const file = fs.readFileSync(s.database);
    for (const secret of ['Mildred', 'Alice Appleseed', 'Carol Carrot']) expect(file.includes(secret), secret).toBe(false);
    for (const name of ['history', 'history_fresh', 'checkpoints', 'authors']) expect(rows(s, 'pad', name), name).toBe(0);
  });
});
