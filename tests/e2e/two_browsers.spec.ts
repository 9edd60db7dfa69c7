// Two people, two windows, one text.
import { WebSocket } from 'ws';
import { expect, share, test } from './pad.ts';

test('both type at once and end with the same text', async ({ open, server }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.type('Hello from here.\n');
  await bob.shows('Hello from here.\n');
  await Promise.all([alice.type('alice 😀 types '.repeat(4)), bob.type('bob tippt ä '.repeat(4))]);
  await alice.saved();
  await bob.saved();
  await expect.poll(async () => (await alice.text()) === (await bob.text())).toBe(true);
  const text = await alice.text();
  expect(await server.text('shared')).toBe(text);
  expect(text.replace(/[^ä]/g, '')).toBe('ä'.repeat(4));
  expect(text).toContain('Hello from here.\n');
});

test('each sees the other’s caret, with the name', async ({ open }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.rename('Alice A.');
  await alice.type('some text');
  await bob.shows('some text');
  await expect(bob.carets).toHaveCount(1);
  await expect(bob.carets.locator('.remote-name')).toHaveText('Alice A.');
  const people = await bob.people();
  await expect(people.filter({ hasText: 'Alice A.' })).toBeVisible();

  // it stands where she is, and follows her
  const at = async (): Promise<number> => (await bob.carets.boundingBox())?.x ?? -1;
  const end = await at();
  await alice.page.keyboard.press('Home');
  await expect.poll(at).toBeLessThan(end - 20);
  await alice.page.context().close();
  await expect(bob.carets).toHaveCount(0);
  await expect(people).toHaveCount(1);
});

test('undo takes back mine only', async ({ open }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.type('from alice. ');
  await bob.shows('from alice. ');
  await bob.type('from bob. ');
  await alice.shows('from alice. from bob. ');
  await alice.pressUntil('Control+z', 'from bob. ');
  await alice.page.keyboard.press('Control+z'); // nothing of hers is left
  await alice.saved();
  await alice.shows('from bob. ');
  await bob.shows('from bob. ');
  await alice.pressUntil('Control+y', 'from alice. from bob. ');
  await bob.shows('from alice. from bob. ');
});

test('regression: undo right after opening does not blank the document', async ({ open }) => {
  await (await (await open()).ready()).type('precious');
  const bob = await (await open()).ready();
  await bob.shows('precious');
  await bob.editor.focus();
  for (let i = 0; i < 3; i++) await bob.page.keyboard.press('Control+z');
  await bob.page.keyboard.type('!');
  await bob.saved();
  expect(await bob.text()).toContain('precious');
});

test('the language one chooses reaches the other, and stays', async ({ open }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.choose('Python');
  await expect(bob.language).toHaveValue('Python');
  await alice.type('def f(): pass');
  await expect(bob.editor.locator('.cm-line span').first()).toBeVisible(); // coloured there too
  const late = await (await open()).ready();
  await expect(late.language).toHaveValue('Python');
});

test('regression: a name is text, whatever it holds', async ({ open, server }) => {
  const alice = await (await open()).ready();
  const socket = new WebSocket(server.socketUrl('shared'));
  await new Promise((resolve) => socket.once('open', resolve));
  const name = '<img src=x onerror=alert(1)> **bold**';
  socket.send(JSON.stringify({ ClientInfo: { name, hue: 10 } }));
  socket.send(JSON.stringify({ CursorData: { cursors: [0], selections: [] } }));
  await expect((await alice.people()).filter({ hasText: name })).toBeVisible();
  await expect(alice.carets.locator('.remote-name')).toHaveText(name);
  await expect(alice.page.locator('.people img, .remote-caret img, .people strong')).toHaveCount(0);
  socket.terminate();
});

test('regression: pasted \\r\\n and lone surrogates become what the server takes', async ({ open, server }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.paste('one\r\ntwo\rthree \ud83d end');
  await alice.saved();
  await bob.shows(await alice.text());
  expect(await server.text('shared')).toBe('one\ntwo\nthree \uFFFD end');
  await bob.type('!');
  await alice.shows('one\ntwo\nthree \uFFFD end!');
});

test('without an id the address gets one that nobody can guess', async ({ open }) => {
  const [one, two] = [await (await open('')).ready(), await (await open('')).ready()];
  const hash = (pad: typeof one): string => new URL(pad.page.url()).hash;
  expect(hash(one)).toMatch(/^#[\w-]{12,}$/); // 72 bits and more
  expect(hash(one)).not.toBe(hash(two));
});

test.describe('below another path', () => {
  test.use({ settings: { BASE_PATH: '/pad' } });
  test('everything works, the share link included', async ({ open }) => {
    const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
    await alice.type('on a sub-path');
    await bob.shows('on a sub-path');
    await expect((await alice.share()).getByRole('textbox', { name: share.link })).toHaveValue(/\/pad\/#shared$/);
  });
});
