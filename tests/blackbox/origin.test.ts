// Which pages may talk to the server, behind whatever proxy.
import { describe, expect, test } from 'vitest';
import { Connection, Refused } from './support/connection.ts';
import { forTheTest, v1 } from './support/clients.ts';
import { directive, json, jsonBody } from './support/http.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import type { Server } from './support/server.ts';

const server = useServer({ RATE_LIMITS: 'off' });

describe('Origin', () => {
  const target = '/api/document/x/protect';
  const status = async (own: Server, origin: string, host?: string): Promise<number> => {
    const headers = { origin, ...(host === undefined ? {} : { host }) };
    return (await own.get(target, jsonBody('POST', { user_id: 0, user_name: 'x' }, headers))).status;
  };
  const dial = async (own: Server, origin: string): Promise<number> => {
    const outcome = await Connection.dial(own.socketUrl('origin'), [], { origin }).catch((error: unknown) => error);
    if (outcome instanceof Refused) return outcome.status;
    forTheTest(outcome as Connection);
    return 101;
  };

  test.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://127.0.0.1.evil.example', 'https://'])(
    '%s is refused with 403, for requests and for sockets',
    async (origin) => {
      const answer = await server().get('/api/stats', { headers: { origin } });
      expect(answer.status).toBe(403);
      expect(json(answer)).toMatchObject({ code: expect.any(String) });
      expect(await dial(server(), origin)).toBe(403);
    },
  );

  test('the host’s own is welcome', async () => {
    const origin = `http://127.0.0.1:${server().port}`;
    expect((await server().get('/api/stats', { headers: { origin } })).status).toBe(200);
    expect(await dial(server(), origin)).toBe(101);
    // 403 here is "not connected": the origin passed, the same body from elsewhere says bad_origin
    expect(await status(server(), origin)).toBe(403);
    expect((await server().get('/api/stats', { headers: { origin: 'https://pad.example', host: 'pad.example' } })).status).toBe(200);
  });

  test('ALLOWED_ORIGINS adds others', async () => {
    const own = await startServer({ ALLOWED_ORIGINS: 'https://one.example,https://two.example:8443' });
    expect(await dial(own, 'https://one.example')).toBe(101);
    expect(await dial(own, 'https://two.example:8443')).toBe(101);
    expect(await dial(own, 'https://two.example')).toBe(403);
    expect(await dial(own, 'http://one.example')).toBe(403);
  });

  const from = async (own: Server, origin: string, host: string, more: Record<string, string> = {}): Promise<number> =>
    (await own.get('/api/stats', { headers: { origin, host, ...more } })).status;

  test.each([
    ['https://pad.example', 'pad.example:443'],
    ['http://pad.example', 'pad.example:80'],
    ['https://pad.example:443', 'pad.example'],
    ['http://pad.example:80', 'pad.example'],
    ['https://PAD.example', 'Pad.Example:443'],
    ['http://pad.example', 'pad.example:'],
    ['http://[::1]', '[::1]:80'],
    ['http://[::1]:3030', '[::1]:3030'],
  ])('%s is that of Host: %s', async (origin, host) => {
    expect(await from(server(), origin, host)).toBe(200);
  });

  test.each([
    ['https://pad.example', 'pad.example:80'],
    ['http://pad.example', 'pad.example:443'],
    ['https://pad.example:8443', 'pad.example'],
    ['https://pad.example', 'pad.example:8443'],
    ['http://pad.example:808', 'pad.example:80'],
    ['http://pad.example.evil', 'pad.example'],
    ['http://evilpad.example', 'pad.example'],
    ['http://pad.example@evil', 'pad.example'],
    ['http://[::1]:80', '[::1]:3030'],
    ['http://:80', ''],
    ['pad.example', 'pad.example'],
  ])('%s is not that of Host: %s', async (origin, host) => {
    expect(await from(server(), origin, host)).toBe(403);
  });

  test.each([
    ['x-forwarded-host', 'pad.example:8443'],
    ['x-forwarded-host', 'Pad.Example:8443, inner:3030'],
    ['x-forwarded-host', 'inner:3030, pad.example:8443'],
    ['forwarded', 'for=192.0.2.1;host="pad.example:8443";proto=https'],
    ['forwarded', 'for=192.0.2.1, for=192.0.2.2; Host="pad.example:8443"'],
  ])('behind a proxy that hides the host but says it in %s: %s', async (name, value) => {
    expect(await from(server(), 'https://pad.example:8443', '127.0.0.1:3030', { [name]: value })).toBe(200);
    expect(await from(server(), 'https://evil.example', '127.0.0.1:3030', { [name]: value })).toBe(403);
    const dialled = await Connection.dial(server().socketUrl(freshId()), [], {
      origin: 'https://pad.example:8443', headers: { host: '127.0.0.1', [name]: value },
    });
    await forTheTest(dialled).message('Identity');
  });

  test('a page of another site may not even ask to forge it', async () => {
    const asks = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-forwarded-host' };
    const answer = await server().get(target, { method: 'OPTIONS', headers: { origin: 'https://evil.example', ...asks } });
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-headers']).toBeUndefined();
  });

  test('ALLOWED_ORIGINS with the default port written out', async () => {
    const own = await startServer({ ALLOWED_ORIGINS: 'https://one.example:443,http://two.example:80' });
    for (const origin of ['https://one.example', 'https://one.example:443', 'http://two.example']) expect(await dial(own, origin), origin).toBe(101);
    for (const origin of ['http://one.example', 'https://one.example:80', 'https://two.example']) expect(await dial(own, origin), origin).toBe(403);
  });

  test('files are for every page, so that ours comes up and can say what is wrong', async () => {
    for (const file of ['/', '/index.html']) {
      const answer = await server().get(file, { headers: { origin: 'https://pad.example', host: '127.0.0.1' } });
      expect(answer.status).toBe(200);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    expect((await server().get('/api/text/x', { headers: { origin: 'https://pad.example' } })).status).toBe(403);
  });

  test('behind a trusted proxy the policy names the host that the browser knows', async () => {
    const own = await startServer({ TRUSTED_PROXIES: '127.0.0.1' });
    const policy = async (more: Record<string, string>): Promise<string | undefined> =>
      directive((await own.get('/', { headers: { host: 'inner:3030', ...more } })).headers, 'connect-src');
    expect(await policy({ 'x-forwarded-host': 'pad.example:8443' })).toBe("'self' ws://pad.example:8443 wss://pad.example:8443");
    expect(await policy({ 'x-forwarded-host': 'a b' })).toBe("'self' ws://inner:3030 wss://inner:3030");
    const other = await server().get('/', { headers: { host: 'inner:3030', 'x-forwarded-host': 'pad.example' } });
    expect(directive(other.headers, 'connect-src')).toBe("'self' ws://inner:3030 wss://inner:3030");
  });

  test('a refusal is in the log, once a minute, with what to set', async () => {
    const own = await startServer();
    for (let i = 0; i < 5; i++) expect(await from(own, 'https://pad.example:8443', 'pad.example')).toBe(403);
    const [line] = await own.logged(/warn: origin_refused .*/);
    expect(line).toMatch(/origin=https:\/\/pad\.example:8443 host=pad\.example forwarded_host=none path=\/api\/stats count=1 help=".*Host.*X-Forwarded-Host.*ALLOWED_ORIGINS/);
    expect(own.log.match(/origin_refused/g)).toHaveLength(1);
  });

  test('none at all (curl, scripts) is welcome', async () => {
    expect((await server().get('/api/stats')).status).toBe(200);
    await v1(server(), freshId());
  });
});
