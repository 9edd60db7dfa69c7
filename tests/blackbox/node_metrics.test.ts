// What the metrics of several servers on one PostgreSQL count.
import { describe, expect, onTestFinished, test } from 'vitest';
import { v2 } from './support/clients.ts';
import { ownerOf, startNode, startPostgres } from './support/nodes.ts';
import { PgProxy } from './support/pg_proxy.ts';
import { whyNoPostgres } from './support/postgres.ts';
import type { Server } from './support/server.ts';
import { freshId } from './support/server.ts';
import { until } from './support/wait.ts';

const missing = whyNoPostgres();
const title = `metrics of several servers${missing === null ? '' : ` (skipped: ${missing})`}`;

/** The value of a series of /metrics. */
async function metric(server: Server, name: string): Promise<number> {
  const { text } = await server.get('/metrics');
  const line = text.split('\n').find((one) => one.startsWith(`kolabpad_${name} `));
  if (line === undefined) throw new Error(`no ${name} in\n${text}`);
  return Number(line.split(' ')[1]);
}

describe.skipIf(missing !== null)(title, { timeout: 120_000 }, () => {
  test('who claims what, and who is declared dead', async () => {
    const postgres = await startPostgres();
    const [one, two] = [await startNode(postgres.url), await startNode(postgres.url)];
    for (const server of [one, two])
      for (const name of ['claims_total', 'claims_elsewhere_total', 'append_repeats_total', 'reaped_total'])
        expect(await metric(server, name), name).toBe(0);

    // every pad is asked for at both at once: one of them gets it, and both hear whose it is
    const ids = Array.from({ length: 30 }, () => freshId());
    await Promise.all(ids.flatMap((id) => [v2(one, id), v2(two, id)]));
    const claims = [await metric(one, 'claims_total'), await metric(two, 'claims_total')];
    const owned = [one, two].map(({ port }) => ids.filter((id) => ownerOf(postgres, id) === port).length);
    expect(claims).toEqual(owned);

    await one.kill();
    await until('it to be declared dead', async () => (await metric(two, 'reaped_total')) === 1);
    await until('that in its log', () => /node_reaped/.test(two.log)); // which comes by another way
    const gone = ids.find((id) => ownerOf(postgres, id) === undefined);
    if (gone !== undefined) await v2(two, gone);
    expect(await metric(two, 'claims_total')).toBe(owned[1]! + (gone === undefined ? 0 : 1));
    expect(await metric(two, 'cluster_deaths_total')).toBe(0);
  });

  test('whoever is too late', async () => {
    const postgres = await startPostgres();
    const line = await PgProxy.start(postgres.port);
    onTestFinished(() => line.dispose());
    const [one, two] = [await startNode(postgres.url), await startNode(`postgres://kolabpad@127.0.0.1:${line.port}/kolabpad`)];
    const id = freshId();
    await line.say('hold before INSERT INTO kp_placement');
    const late = v2(two, id); // it has looked, and nobody had the pad
    await until('its claim to be on its way', async () => (await line.say('')) > 0);
    await v2(one, id);
    await line.say('forget');
    await late;
    expect(ownerOf(postgres, id)).toBe(one.port);
    expect(await metric(two, 'claims_elsewhere_total')).toBe(1);
    expect(await metric(two, 'claims_total')).toBe(0);
    expect(await metric(one, 'claims_total')).toBe(1);
  });

  test('an edit whose answer is lost is sent again, once', async () => {
    const postgres = await startPostgres();
    const line = await PgProxy.start(postgres.port);
    onTestFinished(() => line.dispose());
    const server = await startNode(`postgres://kolabpad@127.0.0.1:${line.port}/kolabpad`);
    const id = freshId();
    const alice = await v2(server, id);
    await alice.type('a');
    const before = await metric(server, 'append_repeats_total');
    await line.say('cut before-answer INSERT INTO kp_journal');
    await alice.type('b');
    expect(await metric(server, 'append_repeats_total')).toBe(before + 1);
    expect(await server.text(id)).toHaveLength(2);
  });

  test('a round trip is timed once a second, whether or not anybody types', async () => {
    const postgres = await startPostgres();
    const line = await PgProxy.start(postgres.port);
    onTestFinished(() => line.dispose());
    const server = await startNode(`postgres://kolabpad@127.0.0.1:${line.port}/kolabpad`);
    const count = (): Promise<number> => metric(server, 'database_round_trip_seconds_count');
    const first = await count();
    await until('three more', async () => (await count()) >= first + 3);
    const mean = (await metric(server, 'database_round_trip_seconds_sum')) / (await count());
    expect(mean).toBeGreaterThan(0);
    expect(mean).toBeLessThan(1);
  });
});
