// Positions are code points; text comes back as it was typed, or is refused.
import { describe, expect, test } from 'vitest';
import { v1, v2 } from './support/clients.ts';
import { points } from './support/operation.ts';
import { freshId, startServer, useServer } from './support/server.ts';

const server = useServer();

describe('text of every kind goes around unchanged', () => {
  test.each([
    ['astral', 'a😀b𝄞c'],
    ['combining, not normalised', 'e\u0301 é \u1E9B\u0323'],
    ['a family joined by ZWJ', '👩‍👩‍👧‍👦'],
    ['right to left', 'שלום مرحبا'],
    ['noncharacters and the last code point', '\uFFFE\uFFFF\u{1FFFE}\u{10FFFF}'],
    ['a byte order mark first', '\uFEFFtext'],
    ['line and paragraph separators', 'a\u2028b\u2029c\u0085d'],
    ['tabs and other control characters', 'a\tb\u0007c\u007Fd'],
    ['quotes and backslashes', '"\\/\b\f\n\t</script>&'],
    ['NUL', 'before\u0000after'],
  ])('%s', async (_what, text) => {
    const id = freshId();
    const one = await v1(server(), id);
    const two = await v2(server(), id);
    await one.type(text);
    await two.sees(text);
    expect((await v2(server(), id)).text).toBe(text);
    expect(await server().text(id)).toBe(text);
  });
});

test('every kind of text survives a restart', async () => {
  const own = await startServer();
  const text = 'a😀\u0000e\u0301\uFFFF\u{10FFFF}\n"\\';
  await (await v1(own, 'pad')).type(text);
  await own.restart();
  expect((await v2(own, 'pad')).text).toBe(text);
  expect(await own.text('pad')).toBe(text);
});

test('positions count code points: an emoji is one', async () => {
  const id = freshId();
  const alice = await v1(server(), id);
  await alice.type('😀😀😀');
  alice.sendEdit(1, [1, 'x', 2]);
  await alice.sees('😀x😀😀');
  alice.sendEdit(2, [2, -1, 1]);
  await alice.sees('😀x😀');
});

test('an edit counted in UTF-16 units does not fit and is refused', async () => {
  const id = freshId();
  const alice = await v1(server(), id);
  await alice.type('😀😀');
  alice.sendEdit(1, [4, 'x']);
  expect((await alice.closing()).reason).not.toBe('');
  expect(await server().text(id)).toBe('😀😀');
});

test('carets count code points too', async () => {
  const id = freshId();
  const alice = await v1(server(), id);
  const bob = await v2(server(), id);
  await alice.type('😀😀');
  await bob.sees('😀😀');
  alice.info('Alice', 1);
  alice.point([2]);
  await bob.until('the caret', () => bob.cursors.get(alice.id)?.cursors[0] === 2);
  bob.insert('😀', 0);
  await bob.settled();
  const late = await v2(server(), id);
  await late.until('the moved caret', () => late.cursors.get(alice.id)?.cursors[0] === 3);
});

describe('regression: carriage returns are never in a text', () => {
  for (const [what, text] of [['\\r\\n', 'a\r\nb'], ['a lone \\r', 'a\rb']] as const) {
    test(`v2: ${what} is rejected as bad_text, and the connection stays`, async () => {
      const id = freshId();
      const alice = await v2(server(), id);
      await alice.type('kept');
      alice.sendEdit(1, [4, text]);
      const rejected = await alice.message('Rejected');
      expect(rejected).toMatchObject({ code: 'bad_text', revision: 1, message: expect.any(String) });
      await alice.type(' and typed on');
      expect(await server().text(id)).toBe('kept and typed on');
    });
    test(`v1: ${what} becomes \\n, on its own side too`, async () => {
      const id = freshId();
      const alice = await v1(server(), id);
      await alice.type(text);
      await alice.sees('a\nb');
      expect(await server().text(id)).toBe('a\nb');
    });
  }
});

describe('regression: lone surrogates are refused, not replaced', () => {
  test.each([
    ['a high one', '\\ud83d'],
    ['a low one', '\\ude00'],
    ['two in the wrong order', '\\ude00\\ud83d'],
    ['a high one before a letter', '\\ud83dx'],
  ])('%s', async (_what, escaped) => {
    const id = freshId();
    const old = await v1(server(), id);
    await old.type('kept');
    old.sendText(`{"Edit":{"revision":1,"operation":[4,"${escaped}"]}}`);
    expect((await old.closing()).code).toBe(4400);
    const tab = await v2(server(), id);
    tab.sendText(`{"Edit":{"revision":1,"operation":[4,"${escaped}"]}}`);
    await tab.until('a refusal', () => tab.rejections.length > 0 || tab.closed !== undefined);
    expect(tab.rejections[0]?.code ?? tab.closed?.code).toSatisfy((code) => code === 'bad_text' || code === 4400);
    expect(await server().text(id)).toBe('kept');
  });
});

test('an escaped surrogate pair is one code point', async () => {
  const id = freshId();
  const alice = await v1(server(), id);
  alice.sendText('{"Edit":{"revision":0,"operation":["\\ud83d\\ude00"]}}');
  await alice.sees('😀');
  expect(points(await server().text(id))).toHaveLength(1);
});

test('a frame that is not UTF-8 closes with 1007', async () => {
  const id = freshId();
  const alice = await v1(server(), id);
  const bytes = Buffer.concat([Buffer.from('{"Edit":{"revision":0,"operation":["'), Buffer.from([0xff]), Buffer.from('"]}}')]);
  alice.socket.send(bytes, { binary: false });
  expect((await alice.closing()).code).toBe(1007);
  expect(await server().text(id)).toBe('');
});
