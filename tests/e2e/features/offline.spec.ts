// The page without its server: it starts all the same, with the text as it was, and what is typed arrives once.
import fs from 'node:fs';
import path from 'node:path';
import { offline as words } from '../../../frontend/src/strings/offline_en.ts';
import { Server, temporaryFolder } from '../../blackbox/support/server_process.ts';
import { expect, Pad, test, words as pageWords } from '../pad.ts';

const DIST = path.resolve(import.meta.dirname, '../../../frontend/dist');
const ALLOWED = { serviceWorkers: 'allow' } as const;

/** Until the page can start without the server. */
async function canStartAlone({ page }: Pad): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
}

/** Until the text is kept, since the page was hidden. */
async function isKept(pad: Pad): Promise<void> {
  await pad.page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { get: () => true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
    Reflect.deleteProperty(document, 'hidden');
  });
  await expect.poll(() => recordsIn(pad, keptTexts)).toBeGreaterThan(0);
}

const keptTexts = ['kolabpad-texts', 'texts'] as const;
const unsentRecords = ['kolabpad', 'unsent'] as const;

/** The number of records in a store of the page; 0 where there is no such database. */
function recordsIn({ page }: Pad, store: readonly [database: string, store: string]): Promise<number> {
  return page.evaluate(
    ([name, store]) =>
      new Promise<number>((resolve) => {
        const request = indexedDB.open(name);
        request.addEventListener('upgradeneeded', () => request.transaction!.abort());
        request.addEventListener('error', () => resolve(0));
        request.addEventListener('success', () => {
          const database = request.result;
          const count = database.transaction(store).objectStore(store).count();
          count.addEventListener('success', () => (database.close(), resolve(count.result)));
        });
      }),
    store,
  );
}

test('a pad of before opens without the server, can be typed in, and gets every edit there once', async ({ open, server }) => {
  const alice = await (await open('#away', ALLOWED)).ready();
  await alice.type('as it was. ');
  await alice.saved();
  await expect(alice.page).toHaveTitle(/as it was/);
  await canStartAlone(alice);
  await isKept(alice);
  await server.kill();
  await alice.page.reload();
  await alice.shows('as it was. ');
  await expect(alice.page.getByRole('alert').filter({ hasText: words.heading })).toContainText('as of');
  await alice.type('typed away. ');
  await server.restart();
  await alice.saved();
  await alice.shows('as it was. typed away. ');
  expect(await server.text('away')).toBe('as it was. typed away. ');
  await expect(alice.page.getByRole('alert').filter({ hasText: words.heading })).toBeHidden();
});

test('what was typed in a visit without the server is there in the next one, and gets there once', async ({ open, server }) => {
  const alice = await (await open('#twice', ALLOWED)).ready();
  await alice.type('as it was. ');
  await alice.saved();
  await expect(alice.page).toHaveTitle(/as it was/);
  await canStartAlone(alice);
  await isKept(alice);
  await server.kill();
  await alice.page.reload();
  await alice.shows('as it was. ');
  await alice.type('typed away. ');
  await expect.poll(() => recordsIn(alice, unsentRecords)).toBe(1);
  const context = alice.page.context();
  await alice.page.close();
  const again = await Pad.visit(context, alice.page.url());
  await again.page.getByRole('button', { name: pageWords.recoveredDraft.send }).click();
  await again.shows('as it was. typed away. ');
  await again.type('And more.');
  await server.restart();
  await again.saved();
  expect(await server.text('twice')).toBe('as it was. typed away. And more.');
});

test.describe('below another path', () => {
  test.use({ settings: { BASE_PATH: '/pads' } });

  test('a new pad can be begun without the server', async ({ open, server }) => {
    const alice = await (await open('#here', ALLOWED)).ready();
    await canStartAlone(alice);
    await server.kill();
    await alice.page.goto(alice.page.url().replace(/#.*/, ''));
    await expect(alice.editor).not.toHaveAttribute('aria-readonly', 'true'); // it is one of its own, and there is no text to wait for
    await alice.type('begun away');
    await alice.shows('begun away');
    const id = new URL(alice.page.url()).hash.slice(1);
    await server.restart();
    await alice.saved();
    expect((await server.get(`/pads/api/text/${id}`)).text).toBe('begun away');
  });
});

test('where notices of the system are the worker\'s, one leads to its tab, and without that to a new one', async ({ open, server }) => {
  const settings = { name: 'kolabpad.settings', value: JSON.stringify({ tellOfJoins: true }) };
  const origins = [{ origin: `http://127.0.0.1:${server.port}`, localStorage: [settings] }];
  const alice = await (await open('#shared', { ...ALLOWED, storageState: { cookies: [], origins } })).ready();
  await canStartAlone(alice);
  await alice.page.evaluate(() => {
    const onPhone = () => { throw new TypeError('Illegal constructor'); };
    globalThis.Notification = Object.assign(onPhone, { permission: 'granted' }) as unknown as typeof Notification;
    Object.defineProperty(document, 'hidden', { get: () => true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const context = alice.page.context();
  const worker = context.serviceWorkers()[0]!;
  // This browser shows none, and lets nobody but a person bring a tab to the front: both are noted in their place.
  await worker.evaluate(() => {
    const scope = self as unknown as { registration: object; clients: object; WindowClient: { prototype: object }; noted: unknown[] };
    scope.noted = [];
    const showNotification = async (title: string, options: NotificationOptions) => void scope.noted.push({ title, options });
    Object.assign(scope.registration, { showNotification });
    Object.assign(scope.clients, { openWindow: async (url: string) => void scope.noted.push(`new ${url}`) });
    Object.assign(scope.WindowClient.prototype, { focus(this: { url: string }) { scope.noted.push(this.url); } });
  });
  const noted = () => worker.evaluate(() => (self as unknown as { noted: object[] }).noted);
  const press = () =>
    worker.evaluate(() => {
      const [{ options }] = (self as unknown as { noted: [{ options: NotificationOptions }] }).noted;
      const { ExtendableEvent } = self as unknown as { ExtendableEvent: typeof Event };
      dispatchEvent(Object.assign(new ExtendableEvent('notificationclick'), { notification: { data: options.data as unknown, close() {} } }));
    });
  await (await open()).ready();
  await expect.poll(noted).toEqual([expect.objectContaining({ title: 'shared' })]);
  expect(JSON.stringify(await noted())).not.toContain('#');
  await press();
  await expect.poll(async () => (await noted())[1]).toMatch(/#shared$/);
  await context.newPage();
  await alice.page.close();
  await press();
  await expect.poll(async () => (await noted())[2]).toMatch(/^new .*\/$/);
});

test('after an upgrade the next visit has the new page, and an open one goes on', async ({ browser }) => {
  const folder = temporaryFolder();
  const dist = path.join(folder, 'dist');
  fs.cpSync(DIST, dist, { recursive: true });
  const server = await Server.start({ STATIC_DIR: dist }, folder);
  const alice = await Pad.open(browser, `http://127.0.0.1:${server.port}/#old`, ALLOWED);
  try {
    await alice.ready();
    await canStartAlone(alice);
    upgrade(dist);
    await expect(async () => {
      await alice.page.reload();
      await expect(alice.page.locator('meta[name=build]')).toHaveAttribute('content', 'next', { timeout: 2_000 });
    }).toPass({ timeout: 60_000 }); // the server looks at its files once a second
    await alice.ready();
    // And without the server it is the new one, too, once its worker has taken over.
    await expect.poll(() => alice.page.evaluate(workers)).toEqual({ kept: 2, settled: true });
    await server.kill();
    await alice.page.reload();
    await expect(alice.page.locator('meta[name=build]')).toHaveAttribute('content', 'next');
  } finally {
    await alice.page.context().close();
    await server.dispose();
  }
});

/** In a page: how many builds are kept, and whether one worker is in charge and no other one on its way. */
async function workers(): Promise<{ kept: number; settled: boolean }> {
  const { active, installing, waiting } = (await navigator.serviceWorker.getRegistration())!;
  return { kept: (await caches.keys()).length, settled: !installing && !waiting && active?.state === 'activated' };
}

/** Puts a build in place of that one which differs in its document and its worker. */
function upgrade(dist: string): void {
  for (const file of ['index.html', 'sw.js']) {
    for (const end of ['.br', '.gz']) fs.rmSync(path.join(dist, file + end), { force: true });
  }
  const edit = (file: string, from: RegExp, to: string) => {
    const name = path.join(dist, file);
    const text = fs.readFileSync(name, 'utf8');
    fs.writeFileSync(`${name}.new`, text.replace(from, to));
    fs.renameSync(`${name}.new`, name);
  };
  edit('sw.js', /"version":"\w+"/, '"version":"next"');
  edit('index.html', /<head>/, '<head><meta name="build" content="next">');
}
