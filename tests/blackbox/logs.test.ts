// The log lines of the founding document, as text and as JSON.
import { describe, expect, test } from 'vitest';
import fs from 'node:fs';
import path from 'node:path';
import { V1Client, freshTab, v1, v2 } from './support/clients.ts';
import { jsonBody } from './support/http.ts';
import type { Server, Settings } from './support/server.ts';
import { SERVER_PATH, startServer, temporaryFolder } from './support/server.ts';
import { until } from './support/wait.ts';

const FAST = {
  KP_TEST_PERSIST_CHECK_MS: 40, KP_TEST_IDLE_PERSIST_MS: 250, KP_TEST_MEMORY_RETENTION_MS: 400,
  KP_TEST_CLEANUP_INTERVAL_MS: 100, KP_TEST_EXPIRY_MS: 1500,
};

/** The whole life of a document, in one go. */
async function life(settings: Settings = {}): Promise<Server> {
  const server = await startServer({ ...FAST, ...settings });
  const alice = await v1(server, 'abc123');
  await alice.type('text');
  await server.logged(/persisted/);
  await server.get('/api/document/abc123/protect', jsonBody('POST', { user_id: 0, user_name: 'A' }));
  await alice.message('OTP');
  await expect(v1(server, 'abc123')).rejects.toThrow('401');
  await v1(server, 'abc123', { otp: alice.otp as string }).then((bob) => bob.cut());
  await alice.type('!');
  await alice.close();
  await server.logged(/document_evicted/);
  await expect(v1(server, 'abc123')).rejects.toThrow('401');
  await server.logged(/document_expired/);
  await server.stop();
  return server;
}

test('text: level, message, key=value', async () => {
  const server = await life({ BACKEND_LOG_LEVEL: 'debug' });
  const lines = [
    /info: Starting Kolabpad server\.\.\.$/, /info: Port: \d+$/, /info: Database: .*kolabpad\.db$/, /info: Listening on :\d+$/,
    /info: persister_started docId=abc123 userCount=1$/, /info: User 0 connected/,
    /info: persisted docId=abc123 reason=idle_threshold revision=1$/, /debug: persist_latency docId=abc123 duration=[\d.]+(ms|µs|us|s)$/,
    /info: critical_write docId=abc123 type=otp_protect$/,
    /info: otp_validation docId=abc123 source=memory result=invalid$/, /info: otp_validation docId=abc123 source=memory result=valid$/,
    /info: User 0 disconnected/, /warn: User 1 disconnected forcefully/, /error: Disconnect reason: .*1006/,
    /info: flush docId=abc123 reason=last_disconnect$/, /info: persister_stopped docId=abc123 reason=last_user_disconnect$/,
    /info: document_evicted docId=abc123 age=\S+$/, /info: otp_validation docId=abc123 source=database result=invalid$/,
    /info: document_expired docId=abc123 age=\S+$/,
    /info: Shutting down\.\.\.$/, /info: Graceful shutdown complete - flushed \d+ documents$/,
  ];
  const all = server.log.split('\n');
  for (const line of lines) expect(all.some((candidate) => line.test(candidate)), `${line} in\n${server.log}`).toBe(true);
});

test('JSON: one object a line, with level, ts, msg and the fields as members', async () => {
  const server = await life({ LOG_FORMAT: 'json' });
  const entries = server.log.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const entry of entries) {
    expect(entry).toMatchObject({ level: expect.stringMatching(/^(debug|info|warn|error)$/), ts: expect.any(Number), msg: expect.any(String) });
    expect(Math.abs((entry['ts'] as number) - Date.now() / 1000)).toBeLessThan(300);
  }
  const find = (msg: string): Record<string, unknown> | undefined => entries.find((entry) => entry['msg'] === msg);
  expect(find('persisted')).toMatchObject({ level: 'info', docId: 'abc123', reason: 'idle_threshold', revision: 1 });
  expect(find('Shutting down...')).toBeDefined();
  expect(find('persister_started')).toMatchObject({ docId: 'abc123', userCount: 1 });
});

describe('levels', () => {
  test.each([
    ['info', [/info: Listening/], [/debug:/]],
    ['warn', [/warn: User 0 disconnected forcefully/], [/info:/, /debug:/]],
    ['error', [], [/info:/, /debug:/, /warn:/]],
  ])('%s', async (level, there, absent) => {
    const server = await startServer({ BACKEND_LOG_LEVEL: level });
    await (await v1(server, 'pad')).cut();
    for (const line of there) await server.logged(line);
    await server.stop();
    for (const line of absent) expect(server.log).not.toMatch(line);
  });

  test('LOG_LEVEL is the old name of BACKEND_LOG_LEVEL', async () => {
    const server = await startServer({ LOG_LEVEL: 'debug' });
    const alice = await v1(server, 'pad');
    await alice.type('x');
    await alice.close();
    await server.logged(/debug: persist_latency docId=pad/);
  });
});

test('user text cannot forge a log line', async () => {
  const server = await startServer({ BACKEND_LOG_LEVEL: 'debug' });
  const id = 'a b"c=d';
  const alice = await v2(server, id, { name: 'Eve\u2028info: forged' });
  await alice.type('text\ninfo: forged');
  alice.sendText('{"info: forged\\n":1}');
  await alice.closing();
  await server.get('/info:%20forged%0Ainfo:%20forged');
  await server.logged(/flush docId=/);
  expect(server.log.split(/[\n\u2028]/).filter((line) => /^(\S+ )*info: forged/.test(line))).toEqual([]);
});

test('LOG_FILE is written to, and SIGHUP opens it anew for logrotate', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'kolabpad.log');
  const server = await startServer({ LOG_FILE: file }, folder);
  const read = (name: string): string => (fs.existsSync(name) ? fs.readFileSync(name, 'utf8') : '');
  await until('the log file', () => read(file).includes('Listening on'));
  fs.renameSync(file, `${file}.1`);
  server.signal('SIGHUP');
  await until('a new log file', () => fs.existsSync(file));
  const client = await V1Client.open(server, 'pad');
  await until('a line in the new file', () => read(file).includes('User 0 connected'));
  expect(read(`${file}.1`)).not.toContain('User 0 connected');
  await client.close();
});

test('passwords and document text never reach the log, not even at debug', async () => {
  const server = await startServer({ ...FAST, BACKEND_LOG_LEVEL: 'debug' });
  const text = 'Zweckverband-Sitzung';
  const alice = await v2(server, 'abc123', { name: 'Alice' });
  await alice.type(text);
  const answer = await server.get(
    '/api/document/abc123/protect',
    jsonBody('POST', { user_id: alice.id, user_name: 'Alice', client: alice.tab.token }),
  );
  expect(answer.status).toBe(200);
  const { otp } = JSON.parse(answer.text) as { otp: string };
  await alice.type(`${text}!`);
  const tried = 'wrong-Passwort';
  await expect(v1(server, 'abc123', { otp: tried })).rejects.toThrow('401');
  await v1(server, 'abc123', { otp }).then((bob) => bob.cut());
  await v2(server, 'abc123', { tab: freshTab(otp) }).then((bob) => bob.close());
  await server.get(`/api/text/abc123?otp=${otp}`);
  await server.get(`/api/text/abc123?otp=${tried}`);
  await server.get('/api/text/abc123', { headers: { authorization: `Bearer ${otp}` } });
  await server.get(`/api/document/abc123/protect`, jsonBody('DELETE', { user_id: alice.id, user_name: 'Alice', otp: tried }));
  alice.sendText(JSON.stringify({ Edit: { revision: 'x', operation: [text] } }));
  await alice.closing();
  await server.logged(/document_evicted/);
  await server.stop();
  for (const kind of ['connection_opened', 'joined', 'message', 'edit', 'journal_committed', 'http_request', 'connection_closed'])
    expect(server.log, kind).toContain(`debug: ${kind} `);
  for (const secret of [text, 'Zweckverband', otp, tried]) expect(server.log).not.toContain(secret);
});

test('a log that nobody reads holds up nobody; what is lost is counted', async () => {
  const server = await startServer({ BACKEND_LOG_LEVEL: 'debug', RATE_LIMITS: 'off' });
  server.deaf(true);
  const alice = await v2(server, 'pad');
  const bob = await v2(server, 'pad');
  let sent = 0;
  await until('lines that found no room', async () => {
    for (let i = 0; i < 500; i++) alice.send({ Ping: sent++ });
    await alice.type('x');
    return ((await server.stats())['log_lines_dropped_total'] as number) > 0;
  });
  const began = Date.now();
  await alice.type('the end');
  await bob.until('the end', () => bob.text.endsWith('the end'));
  expect(Date.now() - began).toBeLessThan(5000);
  server.deaf(false);
  await server.logged(/warn: log_lines_dropped count=\d+/);
});

describe('a crash leaves last words', () => {
  // sanitizers watch for SIGSEGV themselves, and are left to it
  const isSanitized = ['__tsan_init', '__asan_init'].some((symbol) => fs.readFileSync(SERVER_PATH).includes(symbol));
  const fault = isSanitized ? 'SIGABRT' : 'SIGSEGV';

  test.each([
    [fault, 'text', new RegExp(`error: panic_recovered error=${fault} thread=main stack="(0x[0-9a-f]+ ?)+"`)],
    ['SIGABRT', 'json', /"level":"error","ts":[\d.]+,"msg":"panic_recovered","error":"SIGABRT","thread":"main","stack":"(0x[0-9a-f]+ ?)+"/],
  ] as const)('%s, as %s: the signal and where it was', async (signal, format, line) => {
    const server = await startServer({ LOG_FORMAT: format });
    const alice = await v2(server, 'pad');
    await alice.type('kept');
    server.signal(signal);
    expect(await server.exited()).toEqual({ code: null, signal });
    expect(server.log).toMatch(line);
    await server.restart();
    expect(await server.text('pad')).toBe('kept');
  });
});
