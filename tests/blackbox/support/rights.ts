// rights.ts - links, owners and settings of a pad over HTTP, as docs/protocol.md has them.
import { expect } from 'vitest';
import type { Answer } from './http.ts';
import { json, jsonBody } from './http.ts';
import type { Server } from './server.ts';

export type Link = {
  id: string;
  role: string;
  name: string;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  history: boolean;
  comments: boolean;
  token?: string;
};

export const bearer = (secret?: string): Record<string, string> => (secret === undefined ? {} : { authorization: `Bearer ${secret}` });

export const pathOf = (id: string, rest = ''): string => `/api/document/${encodeURIComponent(id)}${rest}`;

/** A request about the pad; `body` undefined: none is sent. */
export function ask(server: Server, method: string, target: string, body?: unknown, secret?: string): Promise<Answer> {
  if (body === undefined) return server.get(target, { method, headers: bearer(secret) });
  return server.get(target, jsonBody(method, body, bearer(secret)));
}

export async function makeLink(server: Server, id: string, link: object, secret?: string): Promise<Link & { token: string }> {
  const answer = await ask(server, 'POST', pathOf(id, '/links'), link, secret);
  expect(answer.status, answer.text).toBe(201);
  return json<Link & { token: string }>(answer);
}

export async function linksOf(server: Server, id: string, secret?: string): Promise<Link[]> {
  const answer = await ask(server, 'GET', pathOf(id, '/links'), undefined, secret);
  expect(answer.status, answer.text).toBe(200);
  return json<Link[]>(answer);
}

/** Whoever asks is the owner from now on; gives the token. */
export async function takeCharge(server: Server, id: string, secret?: string): Promise<string> {
  const answer = await ask(server, 'POST', pathOf(id, '/owner'), {}, secret);
  expect(answer.status, answer.text).toBe(201);
  return json<{ token: string }>(answer).token;
}

export const info = async (server: Server, id: string, secret?: string): Promise<Record<string, unknown>> =>
  json(await ask(server, 'GET', pathOf(id), undefined, secret));

/** The answer is that error, in words for people. */
export function expectError(answer: Answer, status: number, code: string): void {
  expect([answer.status, json(answer)['code']], answer.text).toEqual([status, code]);
  expect(json<{ error: string }>(answer).error).toMatch(/^[A-Z].{9,}/);
}
