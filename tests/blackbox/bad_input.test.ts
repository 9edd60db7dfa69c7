// Every line of docs/bad-input.md: the answer is the one that it names, with a sentence, and nothing has changed.
import fs from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { all, author, make } from './support/comments.ts';
import type { Thread } from './support/comments.ts';
import { json } from './support/http.ts';
import { ask, bearer, expectError, info, linksOf, makeLink, pathOf, takeCharge } from './support/rights.ts';
import { freshId, useServer } from './support/server.ts';

const page = fs.readFileSync(new URL('../../docs/bad-input.md', import.meta.url), 'utf8');
const server = useServer({ RATE_LIMITS: 'off', IMAGES: 'on' });

type Row = { method: string; target: string; what: string; headers: Record<string, string>; body: Buffer; status: number; code: string };

const bytes = (text: string): Buffer =>
  Buffer.from(text.replaceAll('\\\\', '\0').replaceAll('\\r', '\r').replaceAll('\\n', '\n').replaceAll('\\xff', '\xff').replaceAll('\0', '\\'), 'latin1');

function rows(): Row[] {
  return [...page.matchAll(/^\| `(\S+) (\S+)` \| (.*) \| `(\d{3}) (\w+)` \|$/gm)].map(([, method, target, sent, status, code]) => {
    const headers: Record<string, string> = {};
    let body = '';
    for (const [, span] of (sent as string).matchAll(/`([^`]*)`/g)) {
      const header = /^([A-Z][\w-]+): (.*)$/.exec(span as string);
      if (header) headers[header[1] as string] = header[2] as string;
      else body = span as string;
    }
    return { method: method as string, target: target as string, what: sent as string, headers, body: bytes(body), status: Number(status), code: code as string };
  });
}

const names: Record<string, string> = {};
const named = (text: string): string => text.replaceAll(/\{(id|locked|owned|view|gone|other|thread)\}/g, (_, name: string) => names[name] as string);
const secrets: Record<string, string | undefined> = {};

const commentsOf = async (id: string): Promise<{ threads: Thread[] }> => ({ threads: (await all(server(), id, secrets[id] === undefined ? {} : { secret: secrets[id] })).threads });

/** All that a request could change. */
async function state(): Promise<unknown> {
  const of = async (id: string): Promise<unknown> => {
    const { users: _users, expires_at: _expires, updated_at: _updated, ...known } = await info(server(), id, secrets[id]);
    return { ...known, text: (await ask(server(), 'GET', `/api/text/${id}`, undefined, secrets[id])).text, links: (await linksOf(server(), id, secrets[id])).map((link) => link.id), ...(await commentsOf(id)) };
  };
  return [await of(names['id']!), await of(names['locked']!), await of(names['owned']!), await info(server(), 'nobody-wrote-here')];
}

describe('docs/bad-input.md', () => {
  beforeAll(async () => {
    for (const name of ['id', 'locked', 'owned'] as const) {
      names[name] = freshId();
      expect((await server().get(`/api/text/${names[name]}`, { method: 'PUT', body: 'one\n' })).status).toBe(200);
    }
    const [id, locked, owned] = [names['id']!, names['locked']!, names['owned']!];
    names['view'] = (await makeLink(server(), id, { role: 'view' })).token;
    names['thread'] = (await make(server(), id, { revision: 1, from: 0, to: 3 }, 'Why?', author('Alice'))).comment;
    const gone = await makeLink(server(), id, { role: 'edit' });
    names['gone'] = gone.token;
    expect((await ask(server(), 'DELETE', pathOf(id, `/links/${gone.id}`))).status).toBe(204);
    names['other'] = (await makeLink(server(), owned, { role: 'view' })).token;
    const owner = await takeCharge(server(), locked);
    secrets[locked] = json<{ otp: string }>(await ask(server(), 'POST', pathOf(locked, '/protect'), {}, owner)).otp;
    secrets[owned] = await takeCharge(server(), owned);
    expect((await ask(server(), 'PATCH', pathOf(owned), { manage: 'owner' }, secrets[owned])).status).toBe(200);
  });

  test('has its rows', () => {
    const lines = page.split('\n').filter((line) => /^\| `/.test(line));
    expect(rows()).toHaveLength(lines.length);
    expect(lines.length).toBeGreaterThan(70);
    const routes = fs.readFileSync(new URL('../../src/api/routes.c', import.meta.url), 'utf8');
    const routeOf = (target: string): string =>
      target.split('?')[0]!.replace(/\{\w+\}/, '{id}').replace(/\/links\/\w+$/, '/links/{link}').replace(/\/history\/(\d+|one)$/, '/history/{revision}')
        .replace(/\/comments\/[^/]+$/, '/comments/{thread}').replace(/\/comments\/[^/]+\/[^/]+$/, '/comments/{thread}/{comment}');
    const listed = new Set(rows().map(({ method, target }) => `${method} ${routeOf(target)}`));
    const under = [...routes.matchAll(/\{[\s\\]*"(\w+)", comments(?: "([^"]*)")?,/g)];
    const ofComments = [...routes.matchAll(/COMMENT_ROUTES\("([^"]*)"\)/g)].flatMap(([, at]) => under.map(([, method, rest]) => [method, `${at}${rest ?? ''}`]));
    expect(ofComments).toHaveLength(14);
    for (const [method, path] of [...[...routes.matchAll(/\{"(\w+)", "(\/api\/[^"]*)"/g)].map((found) => found.slice(1)), ...ofComments])
      if (!/^\/api\/(stats|health|cluster|config)/.test(path as string)) expect(listed, 'a row for each route about pads').toContain(`${method} ${path}`);
  });

  test.each(rows())('$method $target: $what: $status $code', async ({ method, target, headers, body, status, code }) => {
    const before = await state();
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, named(value)]));
    const answer = await server().get(named(target), { method, headers: { ...bearer(undefined), ...sent }, ...(body.length > 0 ? { body: Buffer.from(named(body.toString('latin1')), 'latin1') } : {}) });
    expectError(answer, status, code);
    for (const secret of [names['view']!, names['gone']!, names['other']!]) expect(answer.text).not.toContain(secret);
    expect(await state()).toEqual(before);
  });
});
