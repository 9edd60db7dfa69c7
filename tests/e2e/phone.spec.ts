// A phone: touch, a small screen, input methods.
import type { Locator } from '@playwright/test';
import { devices } from '@playwright/test';
import { de } from '../../frontend/src/strings/de.ts';
import { expect, test, words } from './pad.ts';

for (const name of ['Pixel 7', 'iPhone 15'] as const) {
  const { defaultBrowserType: _, ...phone } = devices[name];
  test(`${name}: types and sees what others type`, async ({ open }) => {
    const desk = await (await open()).ready();
    const mobile = await (await open('#shared', phone)).ready();
    await desk.type('from the desk. ');
    await mobile.shows('from the desk. ');
    await mobile.editor.tap();
    await mobile.page.keyboard.press('Control+End');
    await mobile.page.keyboard.insertText('vom Händy 😀 漢字 ');
    await desk.shows('from the desk. vom Händy 😀 漢字 ');
    await expect(mobile.carets).toHaveCount(1);
    await desk.type('both');
    await mobile.shows('from the desk. vom Händy 😀 漢字 both');
  });
}

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];

test('the sidebar is there too, behind the menu', async ({ open }) => {
  const desk = await (await open()).ready();
  const mobile = await (await open('#shared', pixel)).ready();
  await mobile.page.getByRole('button', { name: words.menu }).tap();
  const menu = mobile.page.getByRole('dialog', { name: words.menu });
  await expect(menu).toBeVisible();
  await expect(menu).toContainText(words.people.heading(2));
  await mobile.choose('Rust');
  await expect(desk.language).toHaveValue('Rust');
  await menu.getByRole('button', { name: words.closeMenu }).tap();
  await expect(menu).toBeHidden();
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
  const controls = await mobile.controls();
  await controls.getByText(words.settings.heading).tap();
  await controls.getByText(words.preview.show).tap();
  const scrolled = (place: Locator) => place.evaluate((it) => it.scrollTop);
  const menu = mobile.page.locator('dialog.drawer');
  await menu.evaluate((it) => it.scrollTo(0, 0)); // the taps have scrolled it
  await swipeUp(menu);
  await expect.poll(() => scrolled(menu)).toBeGreaterThan(0);
  await menu.getByRole('button', { name: words.closeMenu }).tap();
  for (const place of [mobile.page.locator('.cm-scroller'), mobile.page.locator('.preview-text')]) {
    await expect.poll(() => place.evaluate((it) => it.scrollHeight - it.clientHeight)).toBeGreaterThan(200);
    const start = await scrolled(place);
    await swipeUp(place);
    await expect.poll(() => scrolled(place)).toBeGreaterThan(start);
  }
});

test('nothing is wider than the screen', async ({ open }) => {
  const mobile = await (await open('#shared', pixel)).ready();
  await mobile.editor.tap();
  await mobile.page.keyboard.insertText(`${'long '.repeat(80)}${'x'.repeat(300)}`);
  const overflow = await mobile.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});

test('composing with an input method arrives once', async ({ open, server }) => {
  const mobile = await (await open('#shared', pixel)).ready();
  await mobile.editor.tap();
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
  await mobile.editor.tap();
  await mobile.page.keyboard.insertText('# A plan');
  await mobile.saved();
  await mobile.page.goto('about:blank');
  await (await open('#shared')).ready();
  await mobile.page.goto(`http://127.0.0.1:${server.port}/#shared`);
  await mobile.ready();
  expect(await tooLow(mobile.page.locator('.top-bar'))).toEqual([]);
  expect(await tooLow(mobile.page.locator('.start'))).toEqual([]);
  const menu = await mobile.controls();
  for (const heading of await menu.locator('summary').all()) await heading.tap();
  await menu.getByRole('button', { name: words.people.edit }).tap();
  await expect(menu.locator('.follow')).toBeVisible();
  await expect(menu.locator('.identity')).toBeVisible();
  await expect(menu.locator('.recent-list a')).toBeVisible();
  expect(await tooLow(menu)).toEqual([]);
  await menu.getByRole('button', { name: words.text.find, exact: true }).tap();
  const search = mobile.page.locator('.cm-search');
  await expect(search).toBeVisible();
  expect(await tooLow(search)).toEqual([]);
});

test.describe('on the smallest of phones, in German', () => {
  const smallest = { ...pixel, viewport: { width: 320, height: 568 }, locale: 'de-DE' };
  const isCut = (it: Element) => it.scrollWidth > it.clientWidth || it.scrollHeight > it.clientHeight;

  test('the state of the connection is there in full', async ({ open }) => {
    const mobile = await open('#shared', smallest);
    const state = mobile.page.locator('.status-short');
    await expect(state).toHaveText(de.status.connected);
    expect(await state.evaluate(isCut)).toBe(false);
    await expect(mobile.page.getByRole('heading', { name: de.appName })).toBeAttached();
  });

  test('“About” opens at its top, and nothing of it is cut', async ({ open }) => {
    const mobile = await open('#shared', smallest);
    await mobile.page.getByRole('button', { name: de.menu }).tap();
    await mobile.page.getByRole('button', { name: de.about.button }).tap();
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
      }).toPass({ timeout: 5_000 });
    }
  });
});
