// commented_pad.ts - pads with comments, and clients that are told of them.
import { expect } from 'vitest';
import { freshTab, v1, v2Silent } from './clients.ts';
import type { V2Client } from './clients.ts';
import { all, known } from './comments.ts';
import type { Thread, Who } from './comments.ts';
import type { Server } from './server.ts';
import { freshId } from './server.ts';
import { until } from './wait.ts';

export const TEXT = 'The quick brown fox';
export const QUICK = { revision: 1, from: 4, to: 9 };

export type CommentedPads = {
  /** Made by a v1 client, so that nobody owns it. */
  pad(text?: string): Promise<string>;
  /** In the pad, and told of its comments. */
  follower(id: string, options?: { tab?: ReturnType<typeof freshTab> }): Promise<V2Client>;
  threadOf(id: string, thread: string, who?: Who): Promise<Thread>;
  placeOf(id: string, thread: string): Promise<[number, number]>;
  /** The client knows the same places as the server, each at the text that it has. */
  knowsAll(client: V2Client, id: string): Promise<void>;
};

export function commentedPads(server: () => Server): CommentedPads {
  const threadOf = async (id: string, thread: string, who?: Who): Promise<Thread> => {
    const found = (await all(server(), id, who)).threads.find((it) => it.id === thread);
    expect(found, `the thread ${thread}`).toBeDefined();
    return found as Thread;
  };
  return {
    threadOf,
    async pad(text = TEXT) {
      const id = freshId('comments');
      await (await v1(server(), id)).type(text);
      return id;
    },
    async follower(id, options = {}) {
      const client = await v2Silent(server(), id);
      client.tab = options.tab ?? client.tab;
      client.replica = client.tab.replica;
      client.hello({ comments: true });
      await client.until('Welcome, the text and the users', () => client.ready);
      return client;
    },
    async placeOf(id, thread) {
      const { from, to } = await threadOf(id, thread);
      return [from, to];
    },
    async knowsAll(client, id) {
      await until('the same comments as the server', async () => {
        const { revision, threads } = await all(server(), id);
        return revision === client.replica.revision && JSON.stringify(threads) === JSON.stringify([...known(client).values()]);
      });
    },
  };
}
