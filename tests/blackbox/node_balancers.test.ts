// Three servers behind HAProxy and nginx, however they deal connections out: there is one
// pad, while a server is killed, another one drained, and both come back.
import { describe, expect, test } from 'vitest';
import { checkTables } from './support/invariants.ts';
import type { Front, Program } from './support/balancer.ts';
import { HOW, isThere, startBalancer } from './support/balancer.ts';
import { startNode, startPostgres } from './support/nodes.ts';
import { whyNoPostgres } from './support/postgres.ts';
import type { Server } from './support/server.ts';
import { freshId } from './support/server.ts';
import { sleep, until } from './support/wait.ts';
import { Writer, check } from './support/writer.ts';

const noPostgres = whyNoPostgres();
const programs = Object.keys(HOW) as Program[];

const tunnels = async (servers: readonly Server[]): Promise<number> =>
  (await Promise.all(servers.map(async (server) => (await server.stats())['tunnels']!))).reduce((a, b) => a + b);

/** Reads the pad all the time; what it was answered instead of the text. */
async function watch(front: Front, id: string, isOver: () => boolean): Promise<string[]> {
  const wrong: string[] = [];
  while (!isOver()) {
    const { status, text } = await front.get(`/api/text/${id}`).catch((error: Error) => ({ status: 0, text: error.message }));
    if (status !== 200) wrong.push(`${status} ${text}`);
    await sleep(50);
  }
  return wrong;
}

describe.each(programs)('%s', (program) => {
  const missing = noPostgres ?? (isThere(program) ? null : `${program} is not installed`);
  const skipped = missing === null ? '' : ` (skipped: ${missing})`;

  test.skipIf(missing !== null).each(HOW[program].map((how) => [how || 'round robin', how]))(`%s${skipped}`, async (_, how) => {
    const postgres = await startPostgres();
    const settings = { DRAIN_SECONDS: 2, TRUSTED_PROXIES: '127.0.0.1' };
    const servers = [await startNode(postgres.url, settings), await startNode(postgres.url, settings), await startNode(postgres.url, settings)];
    const front = await startBalancer(program, how, servers);
    const ids = [freshId(), freshId(), freshId(), freshId()];
    const writersOf = ids.map((id) => ['ann', 'ben', 'cid'].map((name) => new Writer(name, id, () => front as Server)));
    const writers = writersOf.flat();
    const all = (count: number) => Promise.all(writers.map((writer) => writer.writes(count)));
    await all(10);
    const isHashed = /uri|hash/.test(how);
    if (isHashed) expect(await tunnels(servers), 'a hash saves all tunnels').toBe(0);
    else expect(await tunnels(servers), 'some go to a server that does not have the pad').toBeGreaterThan(0);

    await servers[0]!.kill();
    await all(10);
    await servers[0]!.restart();
    await all(10);

    // whoever only reads does not notice that a server is replaced
    let isOver = false;
    const read = watch(front, ids[0]!, () => isOver);
    await servers[1]!.restart();
    await all(10);
    isOver = true;
    const wrong = await read;
    if (program === 'haproxy') expect(wrong.length, wrong.join('\n')).toBeLessThan(10);

    await Promise.all(writers.map((writer) => writer.finish()));
    for (const [i, id] of ids.entries()) {
      for (const at of [front, ...servers]) check(await until('a text', () => at.text(id).catch(() => undefined)), writersOf[i]!);
    }
    for (const { log } of servers) expect(log).not.toMatch(/document_conflict/);
    checkTables(postgres);
  });
});
