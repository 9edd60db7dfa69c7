// What was answered over HTTP is there: while others type, after a kill, in the numbers.
import { describe, expect, test } from 'vitest';
import { Random } from '../../frontend/src/testing/random.ts';
import { converged, v1, v2 } from './support/clients.ts';
import { json } from './support/http.ts';
import { seedOfRun } from './support/random.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { NODES, ON_POSTGRES } from './support/store.ts';
import { sleep, until } from './support/wait.ts';
import { refused, revisionOf, textApi } from './support/text_api.ts';

const server = useServer({ RATE_LIMITS: 'off', MAX_DOCUMENT_SIZE_KB: 64 });
const { put, post, patch } = textApi(server);

describe('while others type', () => {
  const random = new Random(seedOfRun());

  test(`everybody has the same, with nothing lost or doubled (seed ${random.seed})`, { timeout: 120_000 }, async () => {
    const id = freshId();
    await put(id, 'begin\n');
    const people = [await v1(server(), id), await v2(server(), id), await v2(server(), id)];
    const written: string[] = [];
    const token = (): string => {
      written.push(`<${written.length}>`);
      return written.at(-1) as string;
    };
    const typing = people.map(async (person) => {
      for (let i = 0; i < 30; i++) {
        person.insert(token(), random.below(person.length + 1));
        await sleep(random.below(8));
      }
    });
    const writing = Array.from({ length: 20 }, async (_, i) => {
      await sleep(random.below(150));
      if (i % 3 === 0) return revisionOf(await post(id, token()));
      if (i % 3 === 1) return revisionOf(await post(id, token(), '?at=start&raw=1'));
      return replaceOne();
    });
    // As a careful script does it: only if nothing has come since it looked.
    async function replaceOne(): Promise<void> {
      const mine = token();
      for (;;) {
        const seen = await server().get(`/api/text/${id}`);
        const answer = await put(id, mine + seen.text, { 'if-match': seen.headers.etag as string });
        if (answer.status === 200) return;
        expect(answer.status).toBe(412);
      }
    }
    await Promise.all([...typing, ...writing]);
    const all = await converged(server(), id, people);
    // An insert may stand inside another: tokens are counted after what stands inside them is taken out.
    let rest = all;
    const found: string[] = [];
    for (let one = /<\d+>/.exec(rest); one; one = /<\d+>/.exec(rest)) {
      found.push(one[0]);
      rest = rest.replace(one[0], '');
    }
    expect(found.sort()).toEqual([...written].sort());
  });
});

describe('the journal', () => {
  test('has what was answered: kill -9 takes nothing back', async () => {
    const own = await startServer();
    for (let round = 0; round < 3; round++) {
      const answer = await own.get('/api/text/x', { method: 'POST', body: `line ${round}` });
      await own.kill();
      await own.restart();
      const now = await own.get('/api/text/x');
      expect(now.text.split('\n')[round]).toBe(`line ${round}`);
      expect(answer.status).toBe(200);
    }
  });

  test.skipIf(ON_POSTGRES)('a line for an empty room does not write the whole text', async () => {
    const own = await startServer({ KP_TEST_IDLE_PERSIST_MS: 600_000 });
    await own.get('/api/text/x', { method: 'PUT', body: 'x'.repeat(1000) });
    await until('the writer has left', async () => ((await own.stats())['users'] as number) === 0);
    const stats = await own.stats();
    expect(stats['last_user_flush_total']).toBe(0);
    await own.stop();
  });

  test('is counted, by what it does and why not', async () => {
    const before = await server().stats();
    const [id, key] = [freshId(), { 'idempotency-key': 'counted' }];
    await put(id, 'a');
    await post(id, 'b', '', key);
    await post(id, 'b', '', key);
    await patch(id, { replace: 'a', with: 'c' });
    await patch(id, { replace: 'a', with: 'c' });
    await server().get('/api/documents', { method: 'POST', body: 'x' });
    const after = await server().stats();
    const counted = ['http_texts_put_total', 'http_texts_added_total', 'http_write_repeats_total', 'http_patches_total', 'http_documents_made_total'];
    for (const name of counted) expect(after[name]! - before[name]!, name).toBe(1);
    const prometheus = (await server().get('/metrics')).text;
    if (NODES === 1) expect(prometheus).toMatch(/kolabpad_rejected_total\{reason="other_count"\} [1-9]/);
  });

  test('nothing is left of a document that nothing was written to', async () => {
    const id = freshId();
    await refused(await patch(id, { replace: 'a', with: 'b' }), 409, 'other_count');
    expect(json(await server().get(`/api/document/${id}`))['exists']).toBe(false);
  });
});
