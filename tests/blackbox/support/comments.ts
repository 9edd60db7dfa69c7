// comments.ts - comments of a pad over HTTP and as a client is told them, as docs/protocol.md has them.
import { expect } from 'vitest';
import { freshToken } from './clients.ts';
import type { V2Client } from './clients.ts';
import type { Answer } from './http.ts';
import { json, jsonBody } from './http.ts';
import type { Operation } from './operation.ts';
import { bearer } from './rights.ts';
import type { Server } from './server.ts';

export type Author = { name: string; hue: number; key: string | null };
export type Comment = { id: string; author: Author; text: string; made_at: number; edited_at: number | null };
export type Thread = {
  id: string;
  from: number;
  to: number;
  quote: string;
  made_at: number;
  resolved: { at: number; by: Author } | null;
  comments: Comment[];
};
export type Changed = { revision: number; comment: string; thread: Thread };
export type All = { revision: number; comments: string; you: string | null; threads: Thread[] };

/** Who asks: a name, a hue, the token by which an author is known, and a secret of the pad. */
export type Who = { name?: string; hue?: number; token?: string; secret?: string; key?: string };

export const author = (name: string): Required<Pick<Who, 'name' | 'token'>> => ({ name, token: freshToken() });

const headersOf = ({ name, hue, token, secret, key }: Who): Record<string, string> => ({
  ...bearer(secret),
  ...(name === undefined ? {} : { 'x-author-name': encodeURIComponent(name) }),
  ...(hue === undefined ? {} : { 'x-author-hue': String(hue) }),
  ...(token === undefined ? {} : { 'x-author-token': token }),
  ...(key === undefined ? {} : { 'idempotency-key': key }),
});

/** A request about the comments of a pad: `rest` is what stands behind them in the path. The pad '' is that of a link. */
export function comments(server: Server, method: string, id: string, rest: string, body: unknown, who: Who = {}): Promise<Answer> {
  const path = `${id === '' ? '/api/link' : `/api/document/${encodeURIComponent(id)}`}/comments${rest}`;
  if (body === undefined) return server.get(path, { method, headers: headersOf(who) });
  return server.get(path, jsonBody(method, body, headersOf(who)));
}

async function good<T>(asked: Promise<Answer>, status: number): Promise<T> {
  const answer = await asked;
  expect(answer.status, answer.text).toBe(status);
  return status === 204 ? (undefined as T) : json<T>(answer);
}

export const all = (server: Server, id: string, who: Who = {}): Promise<All> => good(comments(server, 'GET', id, '', undefined, who), 200);

export const make = (server: Server, id: string, about: { revision: number; from: number; to: number }, text: string, who: Who = {}): Promise<Changed> =>
  good(comments(server, 'POST', id, '', { ...about, text }, who), 201);

export const reply = (server: Server, id: string, thread: string, text: string, who: Who = {}): Promise<Changed> =>
  good(comments(server, 'POST', id, `/${thread}`, { text }, who), 201);

export const resolve = (server: Server, id: string, thread: string, resolved: boolean, who: Who = {}): Promise<Changed> =>
  good(comments(server, 'PATCH', id, `/${thread}`, { resolved }, who), 200);

export const reword = (server: Server, id: string, thread: string, comment: string, text: string, who: Who = {}): Promise<Changed> =>
  good(comments(server, 'PATCH', id, `/${thread}/${comment}`, { text }, who), 200);

export const remove = (server: Server, id: string, rest: string, who: Who = {}): Promise<void> =>
  good(comments(server, 'DELETE', id, `/${rest}`, undefined, who), 204);

/** What a client that follows comments knows of them by what it was told, in the order in which it came: it moves their places itself. */
export function known(client: V2Client): Map<string, Thread> {
  const threads = new Map<string, Thread>();
  let revision = -1;
  for (const message of client.messages) {
    const [kind, content] = Object.entries(message)[0] as [string, any];
    if (kind === 'Snapshot') revision = content.revision;
    if (kind === 'Welcome' && content.resumed) revision = -1;
    if (kind === 'Welcome' && !content.resumed) threads.clear();
    if (kind === 'History') {
      if (revision < 0) revision = content.start;
      for (const entry of (content.operations as { operation: Operation }[]).slice(revision - content.start)) {
        for (const thread of threads.values()) move(thread, entry.operation);
        revision += 1;
      }
    }
    if (kind === 'Comments' || kind === 'Comment') expect(content.revision, 'places are those of the text that one has').toBe(revision);
    if (kind === 'Comments') {
      threads.clear();
      for (const thread of content.threads as Thread[]) threads.set(thread.id, { ...thread });
    }
    if (kind === 'Comment') threads.set(content.thread.id, { ...content.thread });
    if (kind === 'CommentGone') threads.delete(content.thread);
  }
  return threads;
}

/** The rules of the protocol, in words of carets. */
function move(thread: Thread, operation: Operation): void {
  const isDetached = thread.from === thread.to;
  const to = place(operation, thread.to, false);
  thread.from = isDetached ? to : place(operation, thread.from, true);
  thread.to = to;
}

/** Where a caret is after an operation; `isBehind`: of an insert at its place. */
function place(operation: Operation, at: number, isBehind: boolean): number {
  let [base, result] = [0, 0];
  for (const component of operation) {
    if (typeof component === 'string') {
      if (base < at || (base === at && isBehind)) result += [...component].length;
    } else {
      const before = Math.min(Math.abs(component), at - base);
      base += before;
      if (component > 0) result += before;
      if (before < Math.abs(component)) break;
    }
  }
  return result;
}
