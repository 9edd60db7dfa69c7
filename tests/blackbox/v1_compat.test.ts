// An existing client, written from docs/protocol.md alone and without the
// harness's clients: what it relies on must keep working unchanged.
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { json, jsonBody } from './support/http.ts';
import { apply, transform } from './support/operation.ts';
import type { Operation } from './support/operation.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { until } from './support/wait.ts';

const server = useServer();

/** The smallest client there can be: it sends, it keeps what it was told. */
class Script {
  me = -1;
  revision = 0;
  text: string[] = [];
  pending: Operation | undefined;
  language: string | undefined;
  otp: string | null | undefined;
  readonly people = new Map<number, { name: string; hue: number } | null>();
  readonly carets = new Map<number, unknown>();
  closeCode: number | undefined;
  private socket!: WebSocket;

  async connect(url: string): Promise<this> {
    this.me = -1;
    this.closeCode = undefined;
    this.socket = new WebSocket(url);
    onTestFinished(() => this.socket.terminate());
    this.socket.on('message', (data) => this.receive(JSON.parse(data.toString())));
    this.socket.on('close', (code) => (this.closeCode = code));
    await new Promise((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('error', reject);
    });
    await until('Identity', () => this.me >= 0);
    return this;
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  edit(operation: Operation): void {
    this.pending = operation;
    this.text = apply(operation, this.text);
    this.send({ Edit: { revision: this.revision, operation } });
  }

  async disconnect(): Promise<void> {
    this.socket.close();
    await until('the close', () => this.closeCode !== undefined);
  }

  private receive(message: any): void {
    if ('Identity' in message) this.me = message.Identity;
    if ('Language' in message) this.language = message.Language.language;
    if ('OTP' in message) this.otp = message.OTP.otp;
    if ('UserInfo' in message) this.people.set(message.UserInfo.id, message.UserInfo.info);
    if ('UserCursor' in message) this.carets.set(message.UserCursor.id, message.UserCursor.data);
    if (!('History' in message)) return;
    const { start, operations } = message.History;
    expect(start).toBeLessThanOrEqual(this.revision);
    for (const { id, operation } of operations.slice(this.revision - start)) {
      this.revision += 1;
      if (id === this.me && this.pending) this.pending = undefined;
      else {
        const mine: Operation | undefined = this.pending && transform(this.pending, operation);
        const theirs: Operation = this.pending ? transform(operation, this.pending) : operation;
        this.pending = mine;
        this.text = apply(theirs, this.text);
      }
    }
  }
}

test('an existing v1 client works unchanged from the first edit to the reconnect', async () => {
  const id = freshId('compat');
  const url = `ws://127.0.0.1:${server().port}/api/socket/${id}`;

  // two people come in
  const alice = await new Script().connect(url);
  const bob = await new Script().connect(url);
  expect([alice.me, bob.me]).toEqual([0, 1]);
  alice.send({ ClientInfo: { name: 'Alice', hue: 180 } });
  bob.send({ ClientInfo: { name: 'Bob', hue: 20 } });
  await until('both names on both sides', () =>
    [alice, bob].every(({ people }) => people.get(0)?.name === 'Alice' && people.get(1)?.name === 'Bob'),
  );

  // they edit at once, at the same place
  alice.edit(['hello ']);
  bob.edit(['world']);
  await until('both edits on both sides', () => [alice, bob].every(({ revision, pending }) => revision === 2 && !pending));
  expect(alice.text.join('')).toBe('hello world');
  expect(bob.text.join('')).toBe('hello world');

  // carets, language
  alice.send({ CursorData: { cursors: [6], selections: [[0, 5]] } });
  bob.send({ SetLanguage: 'python' });
  await until('the caret', () => bob.carets.has(0));
  expect(bob.carets.get(0)).toEqual({ cursors: [6], selections: [[0, 5]] });
  await until('the language', () => alice.language === 'python' && bob.language === 'python');

  // the line of one of them breaks; the other types on
  await bob.disconnect();
  await until('that Bob left', () => alice.people.get(1) === null);
  alice.edit([11, '!']);
  await until('the echo', () => !alice.pending);

  // it comes back with the revision it remembers and needs only what it missed
  await bob.connect(url);
  await until('what was missed', () => bob.revision === 3);
  expect(bob.text.join('')).toBe('hello world!');
  bob.edit([5, -6, 1]);
  await until('the deletion on the other side', () => alice.text.join('') === 'hello!');

  // protect, be refused without the password, come in with it, unprotect
  const protect = await server().get(`/api/document/${id}/protect`, jsonBody('POST', { user_id: alice.me, user_name: 'Alice' }));
  const { otp } = json<{ otp: string }>(protect);
  await until('the password on both sides', () => alice.otp === otp && bob.otp === otp);
  await bob.disconnect();
  await expect(bob.connect(url)).rejects.toThrow('401');
  await bob.connect(`${url}?otp=${encodeURIComponent(otp)}`);
  await until('revision 4', () => bob.revision === 4);
  const unprotect = await server().get(
    `/api/document/${id}/protect`,
    jsonBody('DELETE', { user_id: alice.me, user_name: 'Alice', otp }),
  );
  expect(unprotect.status).toBe(204);
  await until('that the password is off', () => alice.otp === null && bob.otp === null);
  await bob.disconnect();
  await bob.connect(url);
  expect(bob.text.join('')).toBe('hello!');
});

test('while a v1 client is, or lately was, there the history is kept from the first of them on', async () => {
  const id = freshId('pinned');
  const url = `ws://127.0.0.1:${server().port}/api/socket/${id}`;
  const early = await new Script().connect(url);
  for (let i = 0; i < 50; i++) {
    early.edit(i === 0 ? ['0'] : [i, String(i % 10)]);
    await until('the echo', () => !early.pending);
  }
  await early.disconnect();
  const late = await new Script().connect(url);
  await until('all 50 revisions', () => late.revision === 50);
  expect(late.text).toEqual(early.text);
});

test('text from the database is one insert by user 18446744073709551615, and revisions count from there', async () => {
  const own = await startServer();
  const id = freshId('stored');
  const url = `ws://127.0.0.1:${own.port}/api/socket/${id}`;
  const first = await new Script().connect(url);
  first.edit(['stored']);
  await until('the echo', () => !first.pending);
  first.edit([6, ' text']);
  await until('the echo', () => !first.pending);
  await own.restart();

  const raw: string[] = [];
  const probe = new WebSocket(url);
  onTestFinished(() => probe.terminate());
  probe.on('message', (data) => raw.push(data.toString()));
  await until('the history', () => raw.length >= 2);
  expect(raw[1]).toContain('18446744073709551615');
  expect(JSON.parse(raw[1]!).History).toMatchObject({ start: 0, operations: [{ operation: ['stored text'] }] });
  probe.send(JSON.stringify({ Edit: { revision: 1, operation: [11, '!'] } }));
  await until('the echo', () => raw.length >= 3);
  const me = JSON.parse(raw[0]!).Identity;
  expect(JSON.parse(raw[2]!)).toEqual({ History: { start: 1, operations: [{ id: me, operation: [11, '!'] }] } });
});
