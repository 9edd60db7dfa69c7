// What the page says about its connection is true, and nothing typed is lost.
import { WebSocket } from 'ws';
import { expect, test, words } from './pad.ts';

test('a restart: the text is intact on both sides, and typing goes on', async ({ open, server }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.type('before the restart. ');
  await bob.shows('before the restart. ');
  await server.restart();
  await alice.ready();
  await bob.ready();
  await bob.type('after it.');
  await alice.shows('before the restart. after it.');
  expect(await server.text('shared')).toBe('before the restart. after it.');
});

test('the server is gone: the page says so, counts what is unsaved, keeps it, and sends it once', async ({ open, server }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.type('online');
  await bob.shows('online');
  await server.kill();
  await expect(alice.status).not.toHaveText(words.status.connected);
  await alice.type(' offline');
  const section = alice.page.getByRole('region', { name: words.status.heading });
  await expect(section).toContainText(/reconnecting|offline/i);
  await expect(section).toContainText(/\d+ changes? kept here/);
  await expect(alice.page.getByRole('dialog')).toHaveCount(0); // regression: it is not "password protected"
  expect(await alice.text()).toBe('online offline');

  await server.restart();
  await alice.page.getByRole('button', { name: words.status.retryNow }).click({ timeout: 1_000 }).catch(() => undefined); // it may have come back by itself
  await alice.ready();
  await bob.shows('online offline');
  expect(await server.text('shared')).toBe('online offline');
});

test('both type while the server is away, and both texts are there afterwards', async ({ open, server }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.type('base ');
  await bob.shows('base ');
  await server.stop();
  await expect(alice.status).not.toHaveText(words.status.connected);
  await expect(bob.status).not.toHaveText(words.status.connected);
  await alice.type('AAA');
  await bob.type('BBB');
  await server.restart();
  await alice.ready();
  await bob.ready();
  await expect.poll(async () => (await alice.text()) === (await bob.text())).toBe(true);
  expect([...(await alice.text())].sort().join('')).toBe([...'base AAABBB'].sort().join(''));
});

test('regression: an old Hello that a proxy held back does not stop the only tab', async ({ open, server }) => {
  const alice = await (await open()).ready();
  const hellos: string[] = [];
  alice.page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (String(payload).startsWith('{"Hello"')) hellos.push(String(payload));
    }),
  );
  await alice.page.reload();
  await alice.ready();
  expect(hellos).toHaveLength(1);
  const late = new WebSocket(server.socketUrl('shared'), 'kolabpad.v2');
  const isReplaced = new Promise<number>((resolve) => late.once('close', resolve));
  await new Promise((resolve) => late.once('open', resolve));
  late.send(hellos[0]!);
  expect(await isReplaced).toBe(1000); // by the tab, which has come back
  await expect.poll(() => hellos.length).toBe(2);
  await alice.ready();
  await alice.type('still here');
  await alice.saved();
  expect(await server.text('shared')).toBe('still here');
});

test.describe('a full document', () => {
  test.use({ settings: { MAX_DOCUMENT_SIZE_KB: 1 } });
  test('the refusal is explained, the text is kept, and undo brings the pad back in step', async ({ open, server }) => {
    const alice = await (await open()).ready();
    await alice.type('fits. ');
    await alice.saved();
    await alice.page.keyboard.insertText('x'.repeat(2000));
    const banner = alice.page.getByRole('alert').filter({ hasText: words.refusal.heading });
    await expect(banner).toBeVisible();
    expect((await alice.text()).length).toBe(2006);
    expect(await server.text('shared')).toBe('fits. ');
    await banner.getByRole('button', { name: words.refusal.undo }).click();
    await expect(banner).toBeHidden();
    await alice.type('again');
    await alice.saved();
    expect(await server.text('shared')).toBe('fits. again');
  });

  test('regression: who stays when asked before going to another pad has the address of this one', async ({ open }) => {
    const alice = await (await open()).ready();
    await alice.page.keyboard.insertText('x'.repeat(2000));
    await expect(alice.status).toHaveText(words.status.refused);
    const goTo = async (hash: string, answer: 'accept' | 'dismiss'): Promise<void> => {
      const asked = alice.page.waitForEvent('dialog');
      await alice.page.evaluate((hash) => void setTimeout(() => (location.hash = hash)), hash);
      const dialog = await asked;
      expect(dialog.message()).toBe(words.leave);
      await dialog[answer]();
    };
    await goTo('#another', 'dismiss');
    await alice.shows('x'.repeat(2000));
    expect(new URL(alice.page.url()).hash).toBe('#shared');
    await goTo('#another', 'accept'); // and is not asked by the browser too
    await alice.ready();
    await alice.shows('');
    expect(new URL(alice.page.url()).hash).toBe('#another');
  });
});

test.describe('a password', () => {
  test('switched on by one; the link lets others in; without it one is asked', async ({ open }) => {
    const alice = await (await open()).ready();
    await alice.type('secret');
    await alice.saved();
    await alice.protect();
    await expect.poll(() => new URL(alice.page.url()).hash).toMatch(/otp=/);
    const link = new URL(alice.page.url()).hash;

    const guest = await open(link);
    await guest.ready();
    await guest.shows('secret');

    const stranger = await open();
    const dialog = stranger.page.getByRole('dialog');
    await expect(dialog).toBeVisible();
    expect(await stranger.text()).not.toContain('secret');
    await dialog.getByLabel(words.password.label).fill('wrong');
    await dialog.getByRole('button', { name: words.password.open }).click();
    await expect(dialog).toContainText(words.password.wrong);
    await dialog.getByLabel(words.password.label).fill(new URLSearchParams(link.split('&')[1]).get('otp') ?? '');
    await dialog.getByRole('button', { name: words.password.open }).click();
    await stranger.shows('secret');

    // regression: after switching it on, a reload works with what the page knows
    await alice.page.reload();
    await alice.ready();
    await alice.shows('secret');
    await alice.protect();
    await expect.poll(() => new URL(alice.page.url()).hash).not.toMatch(/otp=/);
    await (await open()).ready();
  });
});
