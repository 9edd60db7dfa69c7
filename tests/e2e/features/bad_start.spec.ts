// A start that does not go as it should: the pad opens as well as it can.
import type { BrowserContextOptions, Page } from '@playwright/test';
import { actions, expect, refusedPad, test as base, words } from '../pad.ts';

type Fixtures = {
  /** A window in which `prepare` was done before any code of the page runs. */
  start: (options: BrowserContextOptions, prepare: (page: Page) => Promise<unknown>) => Promise<Page>;
};

const test = base.extend<Fixtures>({
  start: async ({ browser, server }, use) => {
    const pages: Page[] = [];
    await use(async (options, prepare) => {
      const page = await (await browser.newContext(options)).newPage();
      pages.push(page);
      await prepare(page);
      await page.goto(`http://127.0.0.1:${server.port}/#shared`);
      return page;
    });
    for (const page of pages) await page.context().close();
  },
});

test('regression: words that cannot be loaded leave the page in English', async ({ start }) => {
  const page = await start({ locale: 'de-DE' }, (page) => page.route(/\/assets\/de-.*\.js$/, (route) => route.abort()));
  await expect(page.getByTestId('status')).toHaveText(words.status.connected);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('regression: a database of the browser that never answers costs three seconds, and is told of', async ({ start }) => {
  const page = await start({}, (page) =>
    page.addInitScript(() => {
      IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
    }),
  );
  await expect(page.locator('.toast')).toContainText(words.notice.trouble.unsent);
  await expect(page.getByTestId('status')).toHaveText(words.status.connected);
});

test('regression: a page that shows no pad has the chosen colours too', async ({ open }) => {
  const pad = await open('?theme=dark#a/b', { colorScheme: 'light' });
  await expect(pad.page.getByRole('heading', { name: refusedPad.heading })).toBeVisible();
  await expect(pad.page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('what is loaded behind the editor may be missing: the text is typed all the same, and the page says so', async ({ start }) => {
  const page = await start({}, (page) => page.route(/\/assets\/(behind|frame_|language_catalogue|deferred)/, (route) => route.abort()));
  await expect(page.getByTestId('status')).toHaveText(words.status.connected);
  await page.locator('.cm-content').focus();
  await page.keyboard.type('typed');
  await expect(page.locator('.cm-content')).toHaveText('typed');
  await expect(page.getByTestId('status')).toHaveText(words.status.connected);
  await expect(page.locator('.toast')).toContainText(words.notice.chunkMissing);
  await expect(page.getByRole('navigation')).toHaveCount(0);
});

test('the menu that nobody opened before the connection went is complete', async ({ start }) => {
  const page = await start({ viewport: { width: 400, height: 700 } }, async () => {});
  await expect(page.locator('.status-short')).toHaveText(words.status.connected);
  await page.waitForLoadState('networkidle');
  await page.route('**', (route) => route.abort());
  await page.getByRole('button', { name: words.frame.menu }).click();
  const menu = page.getByRole('dialog', { name: words.frame.menu });
  await expect(menu.getByRole('menuitem', { name: actions.names.download })).toBeVisible();
  await expect(menu.getByRole('combobox')).toHaveValue(words.language.plain);
  await menu.getByRole('combobox').click();
  await expect(menu.getByRole('option', { name: 'Rust', exact: true })).toBeAttached();
});

const DARK = 'rgb(20, 23, 28)';
const LIGHT = 'rgb(255, 255, 255)';

for (const { name, query = '', kept, system, ground: expected } of [
  { name: 'chosen, dark', kept: '{"theme":"dark"}', system: 'light', ground: DARK },
  { name: 'chosen, light', kept: '{"theme":"light"}', system: 'dark', ground: LIGHT },
  { name: 'asked for by the address', query: '?theme=dark', kept: '{"theme":"light"}', system: 'light', ground: DARK },
  { name: 'of the system', kept: '{"theme":"system"}', system: 'dark', ground: DARK },
  { name: 'of the system, where nonsense is kept', kept: '{"theme":', system: 'dark', ground: DARK },
  { name: 'of the system, where nonsense is asked for', query: '?theme=pink', kept: 'null', system: 'dark', ground: DARK },
] as const) {
  test(`regression: the first thing painted has the colours ${name}`, async ({ browser, server }) => {
    const page = await (await browser.newContext({ colorScheme: system })).newPage();
    const slowMs = 700;
    await page.route(/\/assets\/before_paint-/, async (route) => {
      await new Promise((done) => setTimeout(done, slowMs));
      await route.continue();
    });
    await page.route(/\/assets\/(?!before_paint)[^/]*\.js$/, () => {}); // the code does not come
    await page.addInitScript((kept) => localStorage.setItem('kolabpad.settings', kept), kept);
    await page.goto(`http://127.0.0.1:${server.port}/${query}#shared`, { waitUntil: 'commit' });
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const paintedMs = () => page.evaluate(() => performance.getEntriesByType('paint')[0]?.startTime ?? 0);
    await expect.poll(paintedMs).toBeGreaterThan(0);
    expect(await ground()).toBe(expected);
    expect(await paintedMs()).toBeGreaterThan(slowMs);
    await page.context().close();
  });
}
