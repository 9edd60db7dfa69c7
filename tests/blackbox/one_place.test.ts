// Two people begin a sentence each at one place, at once. Where both go by
// author their sentences stay whole; anybody else gets what he always got.
import { describe, expect, test } from 'vitest';
import type { Client, Entry } from './support/clients.ts';
import { authorTab, converged, forTheTest, freshTab, v1, v2, V2Client } from './support/clients.ts';
import type { Message } from './support/connection.ts';
import { Random } from '../../frontend/src/testing/random.ts';
import { seedOfRun } from './support/random.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { sleep } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off', WORKERS: 2 });
const PAIRS = Number(process.env['KP_PAIRS'] ?? 100);
const ONE_WAY_MS = 80;

/** A tab 160 ms of round trip away. Timers of one length end in the order they began. */
class FarTab extends V2Client {
  override send(message: Message): void {
    if (this.ready) setTimeout(() => super.send(message), ONE_WAY_MS);
    else super.send(message);
  }

  protected override receive(message: Message): void {
    if (!this.ready) return super.receive(message); // joining may be quick
    setTimeout(() => {
      super.receive(message);
      this.wake();
    }, ONE_WAY_MS);
  }

  /** A letter at the caret. */
  key(letter: string): void {
    const at = this.replica.caret;
    this.insert(letter, at);
    this.replica.caret = at + 1;
  }

  async types(sentence: string, random: Random): Promise<void> {
    await sleep(random.below(200)); // about at once
    for (const letter of sentence) {
      this.key(letter);
      await sleep(20 + random.below(130));
    }
  }
}

async function far(id: string, byAuthor: boolean): Promise<FarTab> {
  return forTheTest((await FarTab.open(server(), id, { tab: byAuthor ? authorTab() : freshTab() })) as FarTab);
}

const SENTENCES = [
  'Buy bread and cheese', 'first we open the door', 'milk, eggs', '– silk 😀 is fine', 'aaaaaaaaaa', 'zyxwvutsrq',
  'ab ab ab ab', '你好，世界', 'The quick brown fox', '0123456789',
];

test(`${PAIRS} pairs of sentences typed at one place stay whole`, async () => {
  const dice = new Random(seedOfRun());
  const torn: string[] = [];
  await Promise.all(
    Array.from({ length: PAIRS }, async (_, pair) => {
      const random = new Random(dice.seed + pair);
      const id = freshId('pair');
      const [before, behind] = random.below(2) ? ['', ''] : ['over\n', '\nunder'];
      const starter = await v2(server(), id, { tab: authorTab() });
      if (before !== '') await starter.type(before + behind);
      const [one, two] = [await far(id, true), await far(id, true)];
      await Promise.all([one, two].map((tab) => tab.sees(before + behind)));
      for (const tab of [one, two]) tab.replica.caret = before.length;
      const [left, right] = [random.pick(SENTENCES), random.pick(SENTENCES)];
      await Promise.all([one.types(left, random), two.types(right, random)]);
      const text = await converged(server(), id, [starter, one, two]);
      const whole = [left + right, right + left].map((both) => before + both + behind);
      if (!whole.includes(text)) torn.push(`${left} | ${right}: ${text}`);
    }),
  );
  expect(torn, `seed ${dice.seed}`).toEqual([]);
});

test('people of every kind type at one place and converge', async () => {
  const random = new Random(seedOfRun());
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      const id = freshId('kinds');
      const old = await v1(server(), id);
      const tabs = [await far(id, true), await far(id, true), await far(id, false), await far(id, false)];
      const lines = tabs.map((tab) => tab.types(random.pick(SENTENCES), random));
      for (const letter of 'nobody') {
        old.insert(letter, 0);
        await sleep(random.below(300));
      }
      await Promise.all(lines);
      await converged(server(), id, [old, ...tabs]);
    }),
  );
});

// ---- one pair of edits, byte by byte ----

/** Two edits against one revision, of which the first to arrive is `first`. */
async function meet(people: [Client, Client], id: string, first: 0 | 1, edits: [string, string]): Promise<string> {
  const [one, two] = first === 0 ? people : ([people[1], people[0]] as [Client, Client]);
  const [a, b] = first === 0 ? edits : [edits[1], edits[0]];
  one.sendEdit(0, [a]);
  await one.until('the first edit', () => one.replica.revision === 1);
  two.sendEdit(0, [b]);
  await one.until('the second edit', () => one.replica.revision === 2);
  return server().text(id);
}

describe('two edits against one revision', () => {
  const kinds = {
    v1: (id: string) => v1(server(), id),
    'by text': (id: string) => v2(server(), id),
    'by author': (id: string) => v2(server(), id, { tab: authorTab() }),
  };
  for (const one of Object.keys(kinds) as (keyof typeof kinds)[]) {
    for (const two of Object.keys(kinds) as (keyof typeof kinds)[]) {
      const result = one === 'by author' && two === 'by author' ? 'ba' : 'ab';
      test(`of which one is ${one} and the other ${two}`, async () => {
        for (const first of [0, 1] as const) {
          const id = freshId();
          const people: [Client, Client] = [await kinds[one](id), await kinds[two](id)];
          expect(people[0].id).toBeLessThan(people[1].id);
          expect(await meet(people, id, first, ['b', 'a'])).toBe(result);
        }
      });
    }
  }
});

test('who does not go by author is told nothing of it', async () => {
  const id = freshId();
  const [author, text, old] = [await v2(server(), id, { tab: authorTab() }), await v2(server(), id), await v1(server(), id)];
  await author.type('a');
  await text.sees('a');
  await text.type('t');
  await old.sees('at');
  await old.type('o');
  await Promise.all([author, text, old].map((client) => client.sees('ato')));
  expect(author.welcome.order).toBe('author');
  expect([...text.raw, ...old.raw].join('')).not.toContain('order');
  const told = (client: Client) => client.all('History').flatMap(({ operations }) => operations as Entry[]);
  const ids = [author.id, text.id, old.id];
  expect(told(author)).toEqual([
    { id: ids[0], operation: ['a'] },
    { id: ids[1], order: 'text', operation: [1, 't'] },
    { id: ids[2], order: 'text', operation: [2, 'o'] },
  ]);
  expect(told(text)).toEqual([
    { id: ids[0], operation: ['a'] }, { id: ids[1], operation: [1, 't'] }, { id: ids[2], operation: [2, 'o'] },
  ]);
});

test.each([['text'], ['later'], [null], [undefined]])('an order that is %s is not agreed to', async (order) => {
  const client = await V2Client.silent(server(), freshId());
  forTheTest(client).hello({ order });
  await client.until('Welcome', () => client.ready);
  expect(client.welcome).not.toHaveProperty('order');
});

test('an order that is no name is malformed', async () => {
  const client = forTheTest(await V2Client.silent(server(), freshId()));
  client.hello({ order: 1 });
  expect(await client.closing()).toMatchObject({ code: 4400, reason: expect.stringContaining('order') });
});

// ---- what a restart must not forget ----

test.each([['killed'], ['stopped']])('the order of what was applied outlives a server that is %s', async (end) => {
  const own = await startServer();
  for (const [isByAuthor, result] of [[true, 'ba'], [false, 'ab']] as const) {
    const id = freshId();
    const tabs = [isByAuthor ? authorTab() : freshTab(), authorTab()] as const;
    const [one, two] = [await V2Client.open(own, id, { tab: tabs[0] }), await V2Client.open(own, id, { tab: tabs[1] })];
    // Both edits are applied, and the second tab hears of neither: it learns after the restart.
    const revision = two.replica.revision;
    two.replica.edit(['a']);
    tabs[1].sender = { id: two.id, byAuthor: true };
    two.socket.removeAllListeners('message');
    await one.type('b');
    two.send({ Edit: { revision, operation: ['a'] } });
    await one.sees(result);
    if (end === 'killed') await own.kill();
    else await own.stop();
    await own.restart();
    const again = forTheTest(await V2Client.open(own, id, { tab: tabs[1] }));
    expect(again.welcome.resumed).toBe(true);
    expect(again.replica.settled).toBe(true);
    expect(again.text).toBe(result);
    // and an edit from before is still rebased by the same rule
    const late = forTheTest(await V2Client.open(own, id, { tab: authorTab() }));
    late.sendEdit(late.replica.revision, [2, '!']);
    await again.sees(`${result}!`);
  }
});
