// text_api.ts - writing a document's text over HTTP, and what the answers must look like.
import { expect } from 'vitest';
import type { Answer, RequestOptions } from './http.ts';
import { json, jsonBody } from './http.ts';
import type { Server } from './server.ts';

type Headers = NonNullable<RequestOptions['headers']>;

/** The text of a document: the whole of it, something to add, a patch. */
export type TextApi = {
  put(id: string, body: string | Buffer, headers?: Headers): Promise<Answer>;
  post(id: string, body: string | Buffer, query?: string, headers?: Headers): Promise<Answer>;
  patch(id: string, body: unknown, headers?: Headers): Promise<Answer>;
  text(id: string): Promise<string>;
};

export const textApi = (server: () => Server): TextApi => ({
  put: (id, body, headers = {}) => server().get(`/api/text/${id}`, { method: 'PUT', body, headers }),
  post: (id, body, query = '', headers = {}) => server().get(`/api/text/${id}${query}`, { method: 'POST', body, headers }),
  patch: (id, body, headers = {}) => server().get(`/api/text/${id}`, jsonBody('PATCH', body, headers)),
  text: (id) => server().text(id),
});

/** Of an answer that says it is done. */
export function revisionOf(answer: Answer): number {
  expect(answer.status, answer.text).toBe(200);
  const { revision } = json<{ revision: number }>(answer);
  expect(answer.headers.etag).toBe(`"${revision}"`);
  return revision;
}

export async function refused(answer: Answer, status: number, code: string): Promise<void> {
  expect([answer.status, json(answer)['code']], answer.text).toEqual([status, code]);
  expect(json(answer)['error']).toMatch(/\S/);
}
