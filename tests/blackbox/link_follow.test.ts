// Who comes by a link, and does not know the id, waits for a text and follows it as anybody.
import http from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { byLink } from './support/links.ts';
import { json } from './support/http.ts';
import { ask, bearer, expectError, makeLink } from './support/rights.ts';
import { freshId, useServer } from './support/server.ts';
import { PATIENCE_MS, until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off' });

const write = (id: string, body: string) => server().get(`/api/text/${id}`, { method: 'PUT', body });
const wait = (token: string, query: string) => server().get(`/api/link/text${query}`, { headers: bearer(token) });

/** What an event stream has said so far. */
async function events(token: string, query = '') {
  const stream = { status: 0, text: '', closed: false };
  const request = http.get({ host: '127.0.0.1', port: server().port, path: `/api/link/events${query}`, headers: bearer(token), agent: false });
  onTestFinished(() => void request.destroy());
  await new Promise<void>((resolve, reject) => {
    request.on('error', (error) => (stream.status === 0 ? reject(error) : (stream.closed = true)));
    request.on('response', (response) => {
      stream.status = response.statusCode ?? 0;
      response.setEncoding('utf8').on('data', (text: string) => (stream.text += text));
      response.on('close', () => (stream.closed = true));
      resolve();
    });
  });
  return stream;
}

describe('/api/link/text', () => {
  test('waits for a text beyond the revision', async () => {
    const id = freshId();
    await write(id, 'one');
    const { token } = await makeLink(server(), id, { role: 'view' });
    const waiting = wait(token, '?revision=1&wait=30');
    await until('it to wait', async () => (await server().stats())['waiting_readers'] === 1);
    await write(id, 'two');
    const answer = await waiting;
    expect([answer.status, answer.text, answer.headers.etag]).toEqual([200, 'two', '"2"']);
  });

  test('says 304 when the time is over, and nothing but an error for what is no time', async () => {
    const id = freshId();
    await write(id, 'one');
    const { token } = await makeLink(server(), id, { role: 'view' });
    const begun = Date.now();
    expect((await wait(token, '?revision=1&wait=1')).status).toBe(304);
    expect(Date.now() - begun).toBeGreaterThan(900);
    expect((await wait(token, '?revision=1')).status).toBe(304);
    expectError(await wait(token, '?wait=1'), 400, 'bad_wait');
    expectError(await ask(server(), 'GET', '/api/link/text?revision=1'), 401, 'bad_password');
    expectError(await wait('A'.repeat(22), '?revision=1&wait=30'), 403, 'link_withdrawn');
  });

  test('says 403 when the link was withdrawn meanwhile', async () => {
    const id = freshId();
    await write(id, 'one');
    const link = await makeLink(server(), id, { role: 'view' });
    const waiting = wait(link.token, '?revision=1&wait=30');
    await until('it to wait', async () => (await server().stats())['waiting_readers'] === 1);
    await ask(server(), 'DELETE', `/api/document/${id}/links/${link.id}`);
    await write(id, 'not for all');
    expectError(await waiting, 403, 'link_withdrawn');
  });
});

describe('/api/link/events', () => {
  test('tells the text, what is typed, and nothing of the id, the password or carets of its reader', async () => {
    const id = freshId('an-id-to-be-hidden');
    await write(id, 'one');
    const owner = json<{ token: string }>(await ask(server(), 'POST', `/api/document/${id}/owner`)).token;
    const { token } = await makeLink(server(), id, { role: 'view' });
    const stream = await events(token, '?name=Reader');
    expect(stream.status).toBe(200);
    await until('the text', () => stream.text.includes('{"Snapshot":{"revision":1,"text":"one"}}'));
    const editor = await byLink(server(), (await makeLink(server(), id, { role: 'edit' })).token);
    await until('the reader among the people', () => JSON.stringify([...editor.users.values()]).includes('Reader'));
    const { otp } = json<{ otp: string }>(await ask(server(), 'POST', `/api/document/${id}/protect`, {}, owner));
    await editor.type('!');
    await until('the edit', () => stream.text.includes('"History"'));
    expect(stream.text).not.toContain(id);
    expect(stream.text).not.toContain(otp);
    expect(stream.text).toContain('"view":true');
  });

  test('goes on where its reader was, and ends with its link', async () => {
    const id = freshId();
    for (const text of ['one', 'two']) await write(id, text);
    const link = await makeLink(server(), id, { role: 'view', history: true });
    const stream = await events(link.token, '?revision=1');
    await until('what came since', () => stream.text.includes('"History":{"start":1'));
    await ask(server(), 'DELETE', `/api/document/${id}/links/${link.id}`);
    await until('its end', () => stream.closed, PATIENCE_MS);
    expect((await events(link.token)).status).toBe(403);
    expect((await server().get('/api/link/events')).status).toBe(401);
  });
});
