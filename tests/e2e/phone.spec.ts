// A phone: touch, a small screen, input methods.
import type { Locator } from '@playwright/test';
import { devices } from '@playwright/test';
import { de } from '../../frontend/src/strings/de.ts';
import { actions as germanActions } from '../../frontend/src/strings/actions_de.ts';
import { expect, frame, test, words } from './pad.ts';

for (const name of ['Pixel 7', 'iPhone 15'] as const) {
  const { defaultBrowserType: _, ...phone } = devices[name];
  test(`${name}: types and sees what others type`, async ({ open }) => {
    const desk = await (await open()).ready();
    const mobile = await (await open('#shared', phone)).ready();
    await desk.type('from the desk. ');
    await mobile.shows('from the desk. ');
    await mobile.tap();
    await mobile.page.keyboard.press('Control+End');
    await mobile.page.keyboard.insertText('vom Händy 😀 漢字 ');
    await desk.shows('from the desk. vom Händy 😀 漢字 ');
    await expect(mobile.carets).toHaveCount(1);
    await desk.type('both');
    await mobile.shows('from the desk. vom Händy 😀 漢字 both');
  });
}

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];

test('all that stands around the text of a desk is there too, in sheets from below', async ({ open }) => {
  const desk = await (await open()).ready();
  const mobile = await (await open('#shared', pixel)).ready();
  await mobile.choose('Rust');
  await expect(desk.language).toHaveValue('Rust');
  await expect(mobile.page.getByRole('dialog')).toHaveCount(0);
  await mobile.page.locator('.avatars').getByRole('button').tap();
  const people = mobile.page.getByRole('dialog', { name: frame.panels.people });
  await expect(people).toContainText(words.people.heading(2));
  await people.getByRole('button', { name: words.close, exact: true }).tap();
  await expect(people).toHaveCount(0);
  const settings = await mobile.panel('settings');
  const { y, height } = (await settings.boundingBox())!;
  expect(y + height).toBe(mobile.page.viewportSize()!.height);
  await mobile.page.touchscreen.tap(100, 20); // beside it, on the text
  await expect(settings).toHaveCount(0);
});

test('held sideways it is a phone all the same', async ({ open }) => {
  const mobile = await (await open('#shared', { ...pixel, viewport: { width: 844, height: 390 } })).ready();
  await expect(mobile.page.getByRole('navigation')).toHaveCount(0);
  await expect(mobile.page.locator('.status-bar')).toHaveCount(0);
  const menu = await mobile.menu();
  await expect(menu.getByRole('menuitem').last()).toBeAttached();
  const { y, height } = (await menu.boundingBox())!;
  expect(y).toBeGreaterThan(0);
  expect(y + height).toBe(390);
});

/** Drags a finger upwards over what stands there, from its middle. */
async function swipeUp(place: Locator): Promise<void> {
  const box = (await place.boundingBox())!;
  const session = await place.page().context().newCDPSession(place.page());
  const x = box.x + box.width / 2;
  const from = box.y + box.height / 2;
  const finger = (type: 'touchStart' | 'touchMove', y: number) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: [{ x, y }] });
  await finger('touchStart', from);
  for (let moved = 10; moved <= 100; moved += 10) await finger('touchMove', from - moved);
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await session.detach();
}

// Headless browsers have no pull to refresh and no swipe to another page, so the style itself is looked at.
test('regression: a finger does not drag the page away or load it anew, and what scrolls still does', async ({ open }) => {
  const desk = await (await open('#shared')).ready();
  await desk.paste(Array.from({ length: 80 }, (_, n) => `line ${n}\n\n`).join(''));
  await desk.choose('Markdown');
  const mobile = await (await open('#shared', { ...pixel, viewport: { width: 412, height: 560 } })).ready();
  const styles = await mobile.page.evaluate(() =>
    [document.documentElement, document.body].map((it) => getComputedStyle(it).overscrollBehavior),
  );
  expect(styles).toEqual(['none', 'none']);
  const scrolled = (place: Locator) => place.evaluate((it) => it.scrollTop);
  const menu = await mobile.menu();
  await swipeUp(menu);
  await expect.poll(() => scrolled(menu.locator('.dialog-body'))).toBeGreaterThan(0);
  await mobile.close(menu);
  for (const place of [mobile.page.locator('.cm-scroller'), mobile.page.locator('.preview-text')]) {
    if ((await place.count()) === 0) await mobile.showPreview(); // it takes the whole screen
    await expect.poll(() => place.evaluate((it) => it.scrollHeight - it.clientHeight)).toBeGreaterThan(200);
    const start = await scrolled(place);
    await swipeUp(place);
    await expect.poll(() => scrolled(place)).toBeGreaterThan(start);
  }
});

test('nothing is wider than the screen', async ({ open }) => {
  const mobile = await (await open('#shared', pixel)).ready();
  await mobile.tap();
  await mobile.page.keyboard.insertText(`${'long '.repeat(80)}${'x'.repeat(300)}`);
  const overflow = await mobile.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});

test('composing with an input method arrives once', async ({ open, server }) => {
  const mobile = await (await open('#shared', pixel)).ready();
  await mobile.tap();
  const session = await mobile.page.context().newCDPSession(mobile.page);
  for (const text of ['k', 'か', 'かn', 'かん']) {
    await session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  }
  await session.send('Input.insertText', { text: '漢' });
  await mobile.saved();
  await expect.poll(() => server.text('shared')).toBe('漢');
});

/** What a finger presses in there, with how high it is, where that is less than 44 pixels. */
const tooLow = (place: Locator) =>
  place.locator('button, a.button, .recent-list a, select, input:not(.visually-hidden, [type="checkbox"]), .switch, summary').evaluateAll((all) =>
    all
      .map((it) => ({ it, height: it.getBoundingClientRect().height }))
      .filter(({ it, height }) => it.checkVisibility() && height < 44)
      .map(({ it, height }) => `${it.textContent || it.getAttribute('aria-label') || it.tagName}: ${height}`),
  );

test('all that a finger presses is at least 44 pixels high', async ({ open, server }) => {
  const mobile = await (await open('#first', pixel)).ready();
  await mobile.tap();
  await mobile.page.keyboard.insertText('# A plan');
  await mobile.saved();
  await mobile.page.goto('about:blank');
  await (await open('#shared')).ready();
  await mobile.page.goto(`http://127.0.0.1:${server.port}/#shared`);
  await mobile.ready();
  expect(await tooLow(mobile.page.locator('.header'))).toEqual([]);
  expect(await tooLow(mobile.page.locator('.start'))).toEqual([]);
  const people = await mobile.panel('people');
  await people.getByRole('button', { name: words.people.edit }).tap();
  await expect(people.locator('.follow')).toBeVisible();
  await expect(people.locator('.identity')).toBeVisible();
  for (const opens of [() => people, () => mobile.panel('settings'), () => mobile.share(), () => mobile.menu()]) {
    const sheet = await opens();
    expect(await tooLow(sheet)).toEqual([]);
    await mobile.page.touchscreen.tap(100, 20);
    await expect(sheet).toHaveCount(0);
  }
  await mobile.act('find');
  const search = mobile.page.locator('.cm-search');
  await expect(search).toBeVisible();
  expect(await tooLow(search)).toEqual([]);
});

test.describe('on the smallest of phones, in German', () => {
  const smallest = { ...pixel, viewport: { width: 320, height: 568 }, locale: 'de-DE' };
  const isCut = (it: Element) => it.scrollWidth > it.clientWidth || it.scrollHeight > it.clientHeight;

  test('the state of the connection is there in full, and a word when all is well is only spoken', async ({ open, server }) => {
    const mobile = await open('#shared', smallest);
    const state = mobile.page.locator('.status-short');
    await expect(state).toHaveText(de.status.connected);
    await expect(mobile.page.getByRole('region', { name: de.status.heading })).toBeAttached();
    await mobile.type('text');
    await server.stop();
    await expect(state).toHaveText(/^Neuer Versuch/);
    expect(await state.evaluate(isCut)).toBe(false);
    expect(await mobile.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });

  test('“About” opens at its top, and nothing of it is cut', async ({ open }) => {
    const mobile = await open('#shared', smallest);
    await mobile.page.getByRole('button', { name: de.frame.menu }).tap();
    await mobile.page.getByRole('menuitem', { name: germanActions.names.about }).tap();
    const about = mobile.page.getByRole('dialog', { name: de.about.heading });
    await expect(about.getByRole('heading', { name: de.appName })).toBeFocused();
    await expect(about.getByRole('heading', { name: de.appName })).toBeInViewport();
    expect(await about.evaluate((it) => [it.scrollTop, it.scrollWidth - it.clientWidth])).toEqual([0, 0]);
  });

  test('a name at a caret starts where it is seen, wherever the caret is', async ({ open }) => {
    const desk = await (await open()).ready();
    await desk.rename('W'.repeat(64));
    const mobile = await open('#shared', smallest);
    const name = mobile.page.locator('.remote-name');
    for (const text of ['x', 'xxxxxxxxxx', 'xxxx', 'xxxx', 'xxxx']) {
      await desk.type(text);
      await expect.poll(() => mobile.text()).toBe(await desk.text());
      await expect(async () => {
        const { left, right } = await name.evaluate((it) => it.getBoundingClientRect());
        const gutters = await mobile.page.locator('.cm-gutters').evaluate((it) => it.getBoundingClientRect());
        expect(left).toBeGreaterThanOrEqual(gutters.right);
        expect(right).toBeLessThanOrEqual(320);
      }).toPass({ timeout: 30_000 });
    }
  });
});
