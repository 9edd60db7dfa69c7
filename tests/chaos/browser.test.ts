// The browser without a screen does what browsers do, where the client relies on it.
import { expect, test } from 'vitest';
import { Random } from '../../frontend/src/testing/random.ts';
import { sleep, until } from '../blackbox/support/wait.ts';
import { Browser } from './browser/browser.ts';
import { Page } from './browser/page.ts';
import { MemoryStorage } from './browser/storage.ts';
import { TextEditor } from './browser/text_editor.ts';

const errors: unknown[] = [];
const ignore = () => undefined;
const watcher = { onReload: ignore, onError: (error: unknown) => errors.push(error), onSaid: ignore, onHeard: ignore, onClosed: ignore };

const browserOf = (kind = {}) => new Browser({ isSecure: true, hasDatabase: true, ...kind }, new Random(1));
const pageIn = (browser: Browser) => new Page(browser, new MemoryStorage(), watcher);
const turn = () => new Promise(setImmediate);

/** The store of a page, in a new transaction each time, opened as the client does it. */
async function storeOf(page: Page): Promise<() => IDBObjectStore> {
  const request = page.databases.open('kolabpad') as unknown as IDBOpenDBRequest;
  await new Promise<void>((resolve, reject) => {
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore('unsent', { keyPath: 'token' }));
    request.addEventListener('success', () => resolve());
    request.addEventListener('error', () => reject(request.error!));
  });
  return () => request.result.transaction('unsent', 'readwrite').objectStore('unsent');
}

const record = (token: string, text = '') => ({ token, text });

test('what is written is on the disk when it is complete, and not before; a crash in between takes it back', async () => {
  const browser = browserOf();
  browser.slowDown(50);
  const store = (await storeOf(pageIn(browser)))();
  let isComplete = false;
  store.transaction.addEventListener('complete', () => (isComplete = true));
  store.put(record('a'));
  while (!isComplete) {
    expect(browser.records).toEqual([]);
    await turn();
  }
  expect(browser.records).toEqual([record('a')]);

  (await storeOf(pageIn(browser)))().put(record('b'));
  await turn();
  browser.crash();
  await browser.disk.idle();
  expect(browser.records).toEqual([record('a')]);
});

test('of a page that ends, what it told to commit is written, and what waits for it is not', async () => {
  const browser = browserOf();
  const page = pageIn(browser);
  const store = await storeOf(page);
  const told = store();
  told.put(record('told'));
  told.transaction.commit();
  const waiting = store();
  waiting.get('told').addEventListener('success', () => waiting.put(record('asked first')));
  page.kill();
  await browser.disk.idle();
  expect(browser.records).toEqual([record('told')]);
  expect(page.databases.isBusy).toBe(false);
});

test('one transaction at a time: nobody comes between a look and what follows from it', async () => {
  const browser = browserOf();
  const count = async (page: Page) => {
    const store = (await storeOf(page))();
    const get = store.get('n');
    get.addEventListener('success', () => store.put({ token: 'n', times: (get.result?.times ?? 0) + 1 }));
  };
  const pages = Array.from({ length: 5 }, () => pageIn(browser));
  await Promise.all(pages.map(count));
  await until('all to be written', () => !browser.isWriting);
  expect(browser.records).toEqual([{ token: 'n', times: 5 }]);
});

test('a private window may have no database', async () => {
  await expect(storeOf(pageIn(browserOf({ hasDatabase: false })))).rejects.toThrow('keeps nothing');
});

test('a page that stands still hears everything later, in order, and one call of an interval', async () => {
  const page = pageIn(browserOf());
  const heard: string[] = [];
  const interval = page.clock.setInterval(() => heard.push('interval'), 5);
  page.clock.setTimeout(() => void Promise.resolve().then(() => heard.push('follows')), 5);
  page.clock.setTimeout(() => heard.push('last'), 10);
  page.freeze();
  await sleep(40);
  expect(heard).toEqual([]);
  await page.thaw();
  page.clock.clearInterval(interval);
  expect(heard.slice(0, 3)).toEqual(['interval', 'follows', 'last']);
});

test('a page is put to sleep when no other would have to wait for it', async () => {
  const browser = browserOf();
  const page = pageIn(browser);
  const store = (await storeOf(page))();
  store.get('a').addEventListener('success', () => store.put(record('a')));
  page.freeze();
  expect(page.isFrozen).toBe(false);
  await until('it to sleep', () => page.isFrozen);
  await browser.disk.idle();
  expect(browser.records).toEqual([record('a')]);
});

test('a lock is held until its page ends, however it ends', async () => {
  const browser = browserOf();
  const [first, second] = [pageIn(browser), pageIn(browser)];
  const forever = () => new Promise(ignore);
  void first.locks!.request('a', forever);
  let hasIt = false;
  void second.locks!.request('a', { mode: 'shared' }, () => (hasIt = true));
  await turn();
  expect(await second.locks!.query()).toEqual({ held: [{ name: 'a' }] });
  expect(hasIt).toBe(false);
  first.kill();
  await until('the other to have it', () => hasIt);
  await turn();
  expect(await second.locks!.query()).toEqual({ held: [] });
  expect(pageIn(browserOf({ isSecure: false })).locks).toBeUndefined();
});

test('a channel is heard by the other pages of its browser, and by nobody else', async () => {
  const browser = browserOf();
  const heard: string[] = [];
  const listen = (page: Page, name: string) => {
    const channel = page.openChannel('tabs');
    channel.addEventListener('message', ({ data }: { data: string }) => heard.push(`${name} ${data}`));
    return channel;
  };
  const channel = listen(pageIn(browser), 'itself');
  listen(pageIn(browser), 'other');
  const gone = pageIn(browser);
  listen(gone, 'gone');
  gone.kill();
  listen(pageIn(browserOf()), 'elsewhere');
  channel.postMessage('hello');
  await turn();
  await turn();
  expect(heard).toEqual(['other hello']);
});

test('an editor keeps its caret in its place, and tells of what cannot be shown', () => {
  const told: string[] = [];
  const editor = new TextEditor((what) => told.push(what));
  editor.type([{ from: 0, to: 0, insert: 'ab' }]);
  editor.applyRemote([{ from: 0, to: 1, insert: '😀x' }], new Map([[7, { cursors: [2], selections: [] }]]));
  expect(editor.text).toBe('😀xb');
  expect(editor.carets().cursors).toEqual([4]);
  expect(told).toEqual([]);
  editor.applyRemote([{ from: 1, to: 1, insert: '' }], new Map([[7, { cursors: [9], selections: [] }]]));
  expect(told).toEqual(['was given a change of 1 to 1 in 4 units', 'has a caret of 7 at 9 of 4 units']);
});

test('nothing of all that threw', () => {
  expect(errors).toEqual([]);
});
