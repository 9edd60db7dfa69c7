// Clocks that are apart: a server's own on the wall, years ahead or behind, or jumping, and that of
// PostgreSQL. Nothing expires because of one, nobody is declared dead or kept for alive, everybody resumes
// where he was, and the log says what is the matter.
import { describe, expect, test } from 'vitest';
import { v2 } from './support/clients.ts';
import { canFakeClock, FakeClock } from './support/fake_clock.ts';
import { checkTables, ownerOf, startNode, startPostgres } from './support/nodes.ts';
import type { Postgres } from './support/postgres.ts';
import { whyNoPostgres } from './support/postgres.ts';
import type { Server } from './support/server.ts';
import { freshId } from './support/server.ts';
import { sleep, until } from './support/wait.ts';
import { Writer, check } from './support/writer.ts';

const missing = whyNoPostgres();
const title = `clocks that are apart${missing === null ? '' : ` (skipped: ${missing})`}`;
const LEASE_MS = 2_000;
/** Searches for expired pads all the time; they are kept for a week. */
const WEEK = { EXPIRY_DAYS: 7, KP_TEST_CLEANUP_INTERVAL_MS: 100 };

const count = (server: Server, pattern: RegExp): number => server.log.match(pattern)?.length ?? 0;
const warnings = (server: Server): number => count(server, /warn: clock_apart /g);
const deaths = (postgres: Postgres): number => postgres.sql('SELECT 1 FROM kp_nodes WHERE dead_at IS NOT NULL').length;

describe.skipIf(missing !== null || !canFakeClock)(title, { timeout: 120_000 }, () => {
  test('years ahead, years behind, and jumping: nothing expires, nobody dies, and the log of that server says so', async () => {
    const postgres = await startPostgres();
    const clock = new FakeClock('+3y');
    const [one, two] = [await startNode(postgres.url, { ...WEEK, ...clock.settings }), await startNode(postgres.url, WEEK)];
    const [resting, id] = [freshId(), freshId()];
    const visitor = await v2(one, resting);
    await visitor.type('left alone');
    await visitor.close();
    const writers = [new Writer('alice', id, () => one), new Writer('bob', id, () => two)];
    await one.logged(/warn: clock_apart what="the clock of this server is \d+ h ahead of that of PostgreSQL/);
    for (const [i, at] of ['-20d', '+8d', '-50y', '+1h'].entries()) {
      clock.set(at);
      await until('the warning', () => warnings(one) === i + 2);
      for (const writer of writers) await writer.writes(10);
      await sleep(LEASE_MS);
    }
    clock.set('+0');
    await one.logged(/info: clock_apart_over/);
    await sleep(2 * LEASE_MS);
    for (const writer of writers) await writer.writes(10);
    await Promise.all(writers.map((writer) => writer.finish()));
    for (const server of [one, two]) {
      check(await server.text(id), writers);
      expect(await server.text(resting)).toBe('left alone');
      expect(server.log).not.toMatch(/document_expired|document_conflict|node_dead/);
    }
    expect(warnings(two)).toBe(0);
    expect(deaths(postgres)).toBe(0);
    checkTables(postgres);
  });

  test.each(['+3y', '+1h', '-1h', '-3y'])('%s: who was away while a pad moved from there, or to there, resumes where he was', async (at) => {
    for (const isOwner of [true, false]) {
      const postgres = await startPostgres();
      const wrong = new FakeClock(at).settings;
      const one = await startNode(postgres.url, isOwner ? wrong : {});
      const two = await startNode(postgres.url, isOwner ? {} : wrong);
      const id = freshId();
      const [alice, bob] = [await v2(one, id), await v2(one, id)];
      await alice.type('alice was here');
      await bob.sees('alice was here');
      bob.socket.terminate();
      await alice.type(', and went on', alice.length);
      bob.insert('bob: ', 0); // not sent any more
      expect(ownerOf(postgres, id)).toBe(one.port);
      await one.kill();
      const other = await until('another server', () => v2(two, id).catch(() => undefined), 30_000);
      expect(other.text).toBe('alice was here, and went on');
      const again = await until('the way back', () => v2(two, id, { tab: bob.tab }).catch(() => undefined));
      expect(again.welcome).toMatchObject({ resumed: true });
      await again.settled();
      expect(again.text).toBe('bob: alice was here, and went on');
      await other.sees(again.text);
      checkTables(postgres);
    }
  });

  test("PostgreSQL's own goes back by an hour: who dies is declared dead all the same, and comes back", async () => {
    const postgres = await startPostgres();
    const [one, two] = [await startNode(postgres.url), await startNode(postgres.url)];
    const id = freshId();
    let home = one;
    const alice = new Writer('alice', id, () => home);
    await alice.writes(10);
    await one.kill();
    home = two;
    // its latest beat, and since when the other one beats, are an hour in the future now
    postgres.psql("UPDATE kp_beats SET seen_at = seen_at + interval '1 hour', steady_since = steady_since + interval '1 hour'");
    await alice.writes(10);
    expect(ownerOf(postgres, id)).toBe(two.port);
    await two.logged(/node_reaped/);
    await alice.finish();
    check(await two.text(id), [alice]);

    await two.kill();
    postgres.psql("UPDATE kp_beats SET seen_at = seen_at + interval '1 hour', steady_since = steady_since + interval '1 hour'");
    await two.restart(); // at the address of one that seems to have beaten in an hour
    await two.listening();
    expect(await two.text(id)).toContain('<alice.0>');
    checkTables(postgres);
  });
});
