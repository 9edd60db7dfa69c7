// Waiting for a text to change, and following it as events, over HTTP.
import http from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { apply, points } from './support/operation.ts';
import type { Operation } from './support/operation.ts';
import { v1, v2 } from './support/clients.ts';
import type { Answer } from './support/http.ts';
import { json, jsonBody } from './support/http.ts';
import { makeLink } from './support/links.ts';
import { RawHttp } from './support/raw_http.ts';
import type { Server } from './support/server.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { NODES } from './support/store.ts';
import { PATIENCE_MS, sleep, until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off', WS_HEARTBEAT_INTERVAL_SECONDS: 1 });

const post = (id: string, body: string, of: Server = server()): Promise<Answer> => of.get(`/api/text/${id}`, { method: 'POST', body });
const wait = (id: string, revision: number, seconds: number): Promise<Answer> => server().get(`/api/text/${id}?wait=${seconds}&revision=${revision}`);

type Event = { id: string; data: any };

class Events {
  readonly all: Event[] = [];
  status = 0;
  headers: http.IncomingHttpHeaders = {};
  comments = 0;
  closed = false;
  private rest = '';

  static async open(of: Server, id: string, query = '', headers: http.OutgoingHttpHeaders = {}): Promise<Events> {
    const events = new Events();
    const request = http.get({ host: '127.0.0.1', port: of.port, path: `/api/events/${id}${query}`, headers, agent: false });
    onTestFinished(() => void request.destroy());
    await new Promise<void>((resolve, reject) => {
      request.on('error', (error) => (events.status === 0 ? reject(error) : (events.closed = true)));
      request.on('response', (response) => {
        events.status = response.statusCode ?? 0;
        events.headers = response.headers;
        response.setEncoding('utf8').on('data', (text: string) => events.take(text));
        response.on('error', () => undefined).on('close', () => (events.closed = true));
        resolve();
      });
    });
    events.end = () => void request.destroy();
    return events;
  }

  end = (): void => undefined;

  private take(text: string): void {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop() as string;
    for (const block of blocks) {
      if (block.startsWith(':')) this.comments += 1;
      const id = /^id: (.*)$/m.exec(block);
      const data = /^data: (.*)$/m.exec(block);
      if (data !== null) this.all.push({ id: id?.[1] ?? '', data: JSON.parse(data[1] as string) });
    }
  }

  get text(): string {
    let text: string[] = [];
    for (const { data } of this.all) {
      if (data.Snapshot) text = points(data.Snapshot.text);
      for (const { operation } of data.History?.operations ?? []) text = [...apply(operation as Operation, text)];
    }
    return text.join('');
  }

  kinds = (): string[] => this.all.map(({ data }) => Object.keys(data)[0] as string);
  sees = (text: string): Promise<true> => until(`the text ${text}`, () => this.text === text) as Promise<true>;
}

describe('?wait=', () => {
  test('answers when the text is beyond the revision', async () => {
    const id = freshId();
    await post(id, 'one');
    const waiting = wait(id, 1, 30);
    await until('it to wait', async () => (await server().stats())['waiting_readers'] === 1);
    await (await v1(server(), id)).type('!');
    const answer = await waiting;
    expect([answer.status, answer.text, answer.headers.etag]).toEqual([200, 'one!', '"2"']);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    await until('nobody to wait', async () => (await server().stats())['waiting_readers'] === 0);
  });

  test('at once when it is so already, and without a time', async () => {
    const id = freshId();
    await post(id, 'one');
    expect((await wait(id, 0, 30)).text).toBe('one');
    const answer = await server().get(`/api/text/${id}?revision=0`);
    expect([answer.status, answer.text, answer.headers.etag]).toEqual([200, 'one', '"1"']);
    const same = await server().get(`/api/text/${id}?revision=1`);
    expect([same.status, same.text, same.headers.etag]).toEqual([304, '', '"1"']);
  });

  test('304 when the time is over', async () => {
    const id = freshId();
    await post(id, 'one');
    const begun = Date.now();
    const answer = await wait(id, 1, 1);
    expect([answer.status, answer.body.length, answer.headers.etag]).toEqual([304, 0, '"1"']);
    expect(Date.now() - begun).toBeGreaterThan(900);
  });

  test('for a text that nobody has written yet', async () => {
    const id = freshId();
    const waiting = wait(id, 0, 30);
    await sleep(100);
    await post(id, 'first');
    expect((await waiting).text).toBe('first');
  });

  test('many at once share what they get, and an empty text is one too', async () => {
    const id = freshId();
    await post(id, 'x'.repeat(10_000));
    const waiting = Array.from({ length: 50 }, () => wait(id, 1, 30));
    await until('all to wait', async () => (await server().stats())['waiting_readers'] === 50);
    await server().get(`/api/text/${id}`, { method: 'PUT', body: '' });
    for (const answer of await Promise.all(waiting)) expect([answer.status, answer.text]).toEqual([200, '']);
  });

  test('is not told what was written after its link was withdrawn', async () => {
    const id = freshId();
    await post(id, 'one');
    const link = await makeLink(server(), id, 'view');
    const headers = { authorization: `Bearer ${link.token}` };
    const waiting = [30, 1].map((seconds) => server().get(`/api/text/${id}?wait=${seconds}&revision=1`, { headers }));
    await until('both to wait', async () => (await server().stats())['waiting_readers'] === 2);
    expect((await server().get(`/api/document/${id}/links/${link.id}`, { method: 'DELETE' })).status).toBe(204);
    const atTheEnd = await waiting[1]!;
    await post(id, 'not for all');
    for (const answer of [await waiting[0]!, atTheEnd]) {
      expect([answer.status, json(answer)['code'], answer.headers.etag]).toEqual([403, 'link_withdrawn', undefined]);
    }
  });

  test('404 when the document is deleted meanwhile', async () => {
    const id = freshId();
    await post(id, 'one');
    const waiting = wait(id, 1, 30);
    await until('it to wait', async () => (await server().stats())['waiting_readers'] === 1);
    expect((await server().get(`/api/document/${id}`, { method: 'DELETE' })).status).toBe(204);
    const answer = await waiting;
    expect([answer.status, json(answer)['code']]).toEqual([404, 'gone']);
  });

  test('who gives up is forgotten', async () => {
    const id = freshId();
    const raw = await RawHttp.connect(server().port);
    raw.send(`GET /api/text/${id}?wait=60&revision=0 HTTP/1.1\r\nHost: x\r\n\r\n`);
    await until('it to wait', async () => (await server().stats())['waiting_readers'] === 1);
    raw.socket.destroy();
    await until('nobody to wait', async () => (await server().stats())['waiting_readers'] === 0);
  });

  test.each(['?revision=1-', '?revision=-abc', '?revision=1-short', `?revision=1-${'A'.repeat(23)}`, `?revision=1-${'!'.repeat(22)}`, '?wait=61&revision=0', '?wait=-1&revision=0', '?wait=1', '?wait=x&revision=0', '?wait=1&revision=x', '?revision='])('400: %s', async (query) => {
    const answer = await server().get(`/api/text/x${query}`);
    expect([answer.status, json(answer)['code']]).toEqual([400, 'bad_wait']);
  });

  test('a server that stops says so', async () => {
    const own = await startServer();
    const waiting = own.get('/api/text/x?wait=60&revision=0').then(({ status }) => status, () => 'closed');
    await until('it to wait', async () => (await own.stats())['waiting_readers'] === 1);
    await own.stop();
    expect([503, 'closed']).toContain(await waiting);
  });
});

describe('/api/events', () => {
  test('begins with the text and the people, and goes on', async () => {
    const id = freshId();
    const alice = await v2(server(), id, { name: 'Alice', hue: 20 });
    await alice.type('hello\n😀');
    alice.send({ SetLanguage: 'markdown' });
    await alice.until('the language', () => alice.language === 'markdown');
    const events = await Events.open(server(), id);
    expect([events.status, events.headers['content-type'], events.headers['cache-control']]).toEqual([200, 'text/event-stream', 'no-store']);
    await until('the beginning', () => events.all.length >= 3);
    // An id says which text the reader has from then on, so nothing with an id comes before the text.
    expect(events.kinds()).toEqual(['Snapshot', 'Language', 'Users']);
    expect(events.all[0]).toEqual({ id: '1', data: { Snapshot: { revision: 1, text: 'hello\n😀' } } });
    expect(events.all[1]?.data.Language.language).toBe('markdown');
    expect(events.all[2]?.data.Users).toMatchObject([{ id: alice.id, name: 'Alice', hue: 20 }]);
    await alice.type('!');
    await events.sees('hello\n😀!');
    expect(events.all.at(-1)).toMatchObject({ id: '2', data: { History: { start: 1, operations: [{ id: alice.id }] } } });
    const bob = await v2(server(), id, { name: 'Bob' });
    await until('Bob', () => events.all.some(({ data }) => data.UserInfo?.info?.name === 'Bob'));
    await bob.close();
    await until('his end', () => events.all.some(({ data }) => data.UserInfo?.id === bob.id && data.UserInfo.info === null));
  });

  test('a name is shown while it lasts; without one nobody is told', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    const quiet = await Events.open(server(), id);
    const named = await Events.open(server(), id, '', { 'x-author-name': 'watcher' });
    await alice.until('the watcher', () => [...alice.users.values()].some(({ name }) => name === 'watcher'));
    expect(alice.users.size).toBe(2);
    named.end();
    quiet.end();
    await alice.until('its end', () => alice.users.size === 1);
  });

  test('resumes from ?revision= and Last-Event-ID', async () => {
    const id = freshId();
    for (const line of ['1', '2', '3']) await post(id, line);
    const events = await Events.open(server(), id, '?revision=1');
    await until('what was missed', () => events.kinds().includes('History'));
    expect(events.kinds()).not.toContain('Snapshot');
    expect(events.all.find(({ data }) => data.History)?.data.History).toMatchObject({ start: 1, operations: [{}, {}] });
    const again = await Events.open(server(), id, '?revision=1', { 'last-event-id': '2' });
    await until('what was missed', () => again.kinds().includes('History'));
    expect(again.all.find(({ data }) => data.History)).toMatchObject({ id: '3', data: { History: { start: 2 } } });
    const current = await Events.open(server(), id, '?revision=3');
    await post(id, '4');
    await until('what came', () => current.kinds().includes('History'));
    expect(current.all.find(({ data }) => data.History)?.data.History.start).toBe(3);
  });

  test('behind each event stands an id alone, with the epoch: by that a browser comes back', async () => {
    const id = freshId();
    await post(id, 'one');
    const raw = await RawHttp.connect(server().port);
    raw.send(`GET /api/events/${id} HTTP/1.1\r\nHost: x\r\n\r\n`);
    let got = '';
    raw.socket.on('data', (bytes: Buffer) => (got += bytes.toString()));
    await until('the beginning', () => /\n\nid: 1-[\w-]{22}\n\n$/.test(got) && got.includes('"Users"'));
    await post(id, 'two');
    await until('the next', () => /\n\nid: 2\ndata: \{"History".*\}\n\nid: 2-[\w-]{22}\n\n$/.test(got));
    raw.socket.destroy();
    const [, known] = /id: (2-\S{22})\n\n$/.exec(got)!;
    await post(id, 'three');
    for (const headers of [{ 'last-event-id': known }, {}]) {
      const again = await Events.open(server(), id, `?revision=${known}`, headers);
      await until('what was missed', () => again.kinds().includes('History'));
      expect(again.kinds()).not.toContain('Snapshot');
      expect(again.all.find(({ data }) => data.History)).toMatchObject({ id: '3', data: { History: { start: 2 } } });
    }
    // and not in another text under the same address, which has that revision as well
    expect((await server().get(`/api/document/${id}`, { method: 'DELETE' })).status).toBe(204);
    for (const line of ['a', 'b', 'c', 'd']) await post(id, line);
    const other = await Events.open(server(), id, '', { 'last-event-id': known });
    await other.sees('a\nb\nc\nd');
    expect(other.kinds()[0]).toBe('Snapshot');
    const waited = await server().get(`/api/text/${id}?wait=30&revision=${known!.replace('2-', '4-')}`);
    expect([waited.status, waited.text, waited.headers.etag]).toEqual([200, 'a\nb\nc\nd', '"4"']);
  });

  test('a restart changes the epoch, and the one of before is still known', async () => {
    const own = await startServer();
    await post('pad', 'one', own);
    const { headers } = await own.get('/api/text/pad');
    const known = (headers.etag as string).replaceAll('"', '');
    expect(known).toMatch(/^1-[\w-]{22}$/);
    await own.restart();
    await post('pad', 'two', own);
    const again = await Events.open(own, 'pad', '', { 'last-event-id': known });
    await until('what was missed', () => again.kinds().includes('History'));
    expect(again.all[0]).toMatchObject({ id: '2', data: { History: { start: 1 } } });
    expect((await own.get(`/api/text/pad?wait=30&revision=${known}`)).text).toBe('one\ntwo');
    expect((await own.get(`/api/text/pad?wait=1&revision=${known.replace('1-', '2-')}`)).status).toBe(200); // that epoch had no second revision
  });

  test('a revision that is not known begins with the text', async () => {
    const id = freshId();
    await post(id, 'text');
    const events = await Events.open(server(), id, '?revision=99');
    await events.sees('text');
    expect(events.kinds()).toContain('Snapshot');
  });

  test('sees what is written over HTTP and on sockets, in order', async () => {
    const id = freshId();
    const events = await Events.open(server(), id);
    const alice = await v2(server(), id);
    await Promise.all([alice.type('abc'), post(id, 'def'), server().get(`/api/text/${id}?at=start`, { method: 'POST', body: 'x' })]);
    await events.sees(await server().text(id));
    let revision = 0;
    for (const { id: eventId, data } of events.all) {
      if (data.Snapshot) revision = data.Snapshot.revision;
      if (data.History) {
        expect(data.History.start).toBe(revision);
        revision += data.History.operations.length;
      }
      expect(Number(eventId)).toBe(revision);
    }
  });

  test('a comment now and then keeps it alive', async () => {
    const events = await Events.open(server(), freshId());
    await until('comments', () => events.comments >= 2);
    expect(events.closed).toBe(false);
  });

  test('a wrong password, and one that is right', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    await alice.type('secret');
    const { otp } = json<{ otp: string }>(
      await server().get(`/api/document/${id}/protect`, jsonBody('POST', { user_id: alice.id, user_name: 'x', client: alice.tab.token })),
    );
    expect((await Events.open(server(), id)).status).toBe(401);
    const events = await Events.open(server(), id, '', { authorization: `Bearer ${otp}` });
    await events.sees('secret');
  });

  test('by a link, until it is withdrawn', async () => {
    const id = freshId();
    await post(id, 'text');
    const link = await makeLink(server(), id, 'view');
    const events = await Events.open(server(), id, '', { authorization: `Bearer ${link.token}` });
    await events.sees('text');
    await server().get(`/api/document/${id}/links/${link.id}`, { method: 'DELETE' });
    await until('the end', () => events.closed);
  });

  test('until the document is deleted: then it forgets its revision, and does not go on from it in another text', async () => {
    const id = freshId();
    await post(id, 'text');
    const raw = await RawHttp.connect(server().port);
    raw.send(`GET /api/events/${id} HTTP/1.1\r\nHost: x\r\n\r\n`);
    let got = '';
    raw.socket.on('data', (bytes: Buffer) => (got += bytes.toString()));
    await until('the beginning', () => got.includes('"Users"'));
    await server().get(`/api/document/${id}`, { method: 'DELETE' });
    await until('the end', () => raw.socket.readableEnded || raw.socket.destroyed);
    expect(got).toMatch(/\n\nid:\n\n$/);
  });

  test('what somebody may do changes in the middle, and is told as an event', async () => {
    const { id, owner } = json<{ id: string; owner: string }>(await server().get('/api/documents', { method: 'POST', body: 'text' }));
    const events = await Events.open(server(), id);
    await events.sees('text');
    const owned = { authorization: `Bearer ${owner}` };
    await server().get(`/api/document/${id}`, jsonBody('PATCH', { write: 'owner' }, owned));
    await until('it to be told', () => events.all.some(({ data }) => data.Access?.role === 'view'));
    expect((await post(id, 'x')).status).toBe(403);
    expect((await server().get(`/api/text/${id}`, { method: 'PUT', body: 'mine', headers: owned })).status).toBe(200);
    await events.sees('mine');
  });

  test.each(['?revision=x', '?revision=-1', '?revision=1-', '?revision=1-short', `?revision=1-${'A'.repeat(23)}`])('400: %s', async (query) => {
    expect((await server().get(`/api/events/x${query}`)).status).toBe(400);
  });

  test('HEAD is answered', async () => {
    const answer = await server().get('/api/events/x', { method: 'HEAD' });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/event-stream']);
  });

  test('whoever goes has gone, and nothing is wrong', async () => {
    const own = await startServer();
    const events = await Events.open(own, 'x');
    await until('the beginning', () => events.all.length >= 2);
    events.end();
    await own.logged('User 0 disconnected');
    expect(own.log).not.toMatch(/warn:|error:/);
  });

  test('who takes nothing is closed, and costs nobody anything', { timeout: 60_000 }, async () => {
    const own = await startServer({ RATE_LIMITS: 'off', WS_WRITE_TIMEOUT_SECONDS: 1 });
    const raw = await RawHttp.connect(own.port);
    raw.send('GET /api/events/x HTTP/1.1\r\nHost: x\r\n\r\n');
    await until('the stream', async () => (await own.stats())['event_streams'] === 1);
    raw.socket.pause();
    const alice = await v2(own, 'x');
    const end = Date.now() + PATIENCE_MS * 2;
    while ((await own.stats())['event_streams'] === 1 && Date.now() < end) {
      await own.get('/api/text/x', { method: 'PUT', body: String(Math.random()).repeat(20_000) });
    }
    expect((await own.stats())['event_streams']).toBe(0);
    await alice.sees(await own.text('x'));
  });

  test.skipIf(NODES > 1)('do not count among the connections of HTTP, and are counted for themselves', { timeout: 60_000 }, async () => {
    const own = await startServer({ HTTP_CONNECTIONS: 20, CONNECTIONS_PER_ADDRESS: 40 });
    for (let i = 0; i < 20; i++) await Events.open(own, 'x');
    const waiting = Array.from({ length: 20 }, () => own.get('/api/text/x?wait=60&revision=0').catch(() => undefined));
    await until('all of them', async () => {
      const stats = await own.stats();
      return stats['event_streams'] === 20 && stats['waiting_readers'] === 20;
    });
    const refused = await own.get('/api/events/x');
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBeDefined();
    await own.get('/api/text/x', { method: 'POST', body: 'now' });
    expect((await Promise.all(waiting)).map((answer) => answer?.status)).toEqual(Array(20).fill(200));
  });
});
