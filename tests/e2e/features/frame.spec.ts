// What stands around the text: how much of it there is, what it says, and that it fits.
import { devices } from '@playwright/test';
import { actions, expect, frame, settings, test, words } from '../pad.ts';
import type { Pad } from '../pad.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];

test.use({ settings: { MAX_DOCUMENT_SIZE_KB: 10 } });

test('few controls are in sight: nine at most', async ({ open }) => {
  const pad = await (await open()).ready();
  await expect(pad.page.getByRole('navigation').getByRole('button').first()).toBeVisible();
  await pad.type('text');
  const inSight = () =>
    pad.page.evaluate(() => {
      const all = document.querySelectorAll('button, a[href], input, select, [role=combobox]');
      // The three ways to show Markdown are one choice. What skips to the text is seen with the keyboard on it alone.
      const seen = [...all].filter((it) => it.checkVisibility() && !it.matches('.skip, .mode-switch > :not(:first-child)'));
      return seen.map((it) => it.getAttribute('aria-label') ?? it.id ?? it.textContent);
    });
  for (const [language, most] of [[null, 7], ['Markdown', 9], ['Python', 9]] as const) {
    if (language) await pad.choose(language);
    await expect.poll(async () => (await inSight()).length, `${language}: ${await inSight()}`).toBeLessThanOrEqual(most);
  }
});

test('what a keyboard has is in the menu, with its keys; a plain text has no outline, and by fingers there is a search', async ({ open }) => {
  const pad = await (await open()).ready();
  const rail = (it: Pad) => it.page.getByRole('navigation');
  await pad.type('def f(): pass');
  await expect(rail(pad).getByRole('button', { name: frame.panels.settings })).toBeVisible();
  await expect(rail(pad).getByRole('button', { name: frame.panels.outline })).toHaveCount(0);
  await expect(rail(pad).getByRole('button', { name: frame.find })).toHaveCount(0);
  await pad.choose('Python');
  await expect(rail(pad).getByRole('button', { name: frame.panels.outline })).toBeVisible();
  const item = (await pad.menu()).getByRole('menuitem', { name: actions.names.find, exact: true });
  await expect(item).toContainText('Ctrl+F');
  await item.click();
  await expect(pad.page.locator('.cm-search').getByRole('textbox').first()).toBeFocused();
  await pad.act('goToLine');
  await expect(pad.page.locator('.cm-dialog')).toBeVisible();
  await pad.act('palette');
  await expect(pad.page.locator('dialog.palette')).toBeVisible();
  const tablet = await (await open('#shared', { hasTouch: true, viewport: { width: 1180, height: 820 } })).ready();
  await rail(tablet).getByRole('button', { name: frame.find }).tap();
  await expect(tablet.page.locator('.cm-search')).toBeVisible();
});

test('the line below the text says what it is, where the caret is, and how full the pad is', async ({ open }) => {
  const pad = await (await open()).ready();
  const bar = pad.page.getByRole('contentinfo');
  await pad.choose('Python');
  await pad.paste('one\n  two\n    three\nfour\n  five\n    six, and some more words\nlast');
  await expect(bar).toContainText(frame.place(7, 5));
  await expect(bar).toContainText(frame.spaces(2));
  await expect(bar).toContainText(frame.size(60, 10 * 1024));
  await pad.page.keyboard.press('Shift+Home');
  await expect(bar).toContainText(frame.selected(4));
  await bar.getByRole('combobox', { name: frame.indentation }).selectOption(frame.tabs);
  await expect(pad.editor).toBeFocused();
  await pad.page.keyboard.press('End');
  await pad.page.keyboard.press('Enter');
  await pad.page.keyboard.press('Tab');
  await expect.poll(() => pad.text()).toMatch(/last\n\t$/);
  await expect(bar.locator('.near-limit')).toHaveCount(0);
  await pad.paste('é'.repeat(4_200));
  await expect(bar.locator('.near-limit')).toHaveText(frame.size(9 * 1024, 10 * 1024));
  await pad.choose('Markdown');
  await expect(bar).not.toContainText(frame.tabs);
});

test('the menu of the pad is walked through by arrows and first letters', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.page.locator('.title-button').press('Enter');
  const item = (name: string) => pad.page.getByRole('menuitem', { name, exact: true });
  await expect(item(actions.names.new)).toBeFocused();
  await pad.page.keyboard.press('ArrowUp');
  await expect(item(actions.names.about)).toBeFocused();
  await pad.page.keyboard.press('r');
  await expect(item(actions.names.recent)).toBeFocused();
  await pad.page.keyboard.press('Enter');
  await expect(pad.page.getByRole('dialog', { name: words.recent.heading })).toBeVisible();
});

for (const [what, viewport] of [['a small laptop', { width: 1024, height: 700 }], ['a page at 400 %', { width: 360, height: 225 }]] as const) {
  test(`on ${what} nothing is wider than the window, and every setting can be reached`, async ({ open }) => {
    const pad = await (await open('#shared', { viewport, locale: 'en' })).ready();
    await pad.type('A title that goes on and on, and is long enough not to fit into any header there is');
    const panel = await pad.panel('settings');
    await panel.getByRole('switch', { name: settings.vim }).scrollIntoViewIfNeeded();
    await expect(panel.getByRole('switch', { name: settings.vim })).toBeInViewport({ ratio: 1 });
    if (viewport.height === 700) await expect(panel.getByRole('heading').first()).toBeInViewport();
    expect(await pad.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });
}

test('on the smallest of phones all of the header has room, with people and in Markdown', async ({ open }) => {
  const others = [await (await open()).ready(), await (await open()).ready(), await (await open()).ready()];
  await others[0]!.choose('Markdown');
  const pad = await (await open('#shared', { ...pixel, viewport: { width: 320, height: 568 } })).ready();
  await expect(pad.page.locator('.mode-switch').getByRole('button')).toBeVisible();
  await expect(pad.page.locator('.avatars')).toContainText('+');
  const header = pad.page.getByRole('banner');
  const parts = header.locator('.sign, .mode-switch, .avatars, .share-button, .icon-button');
  for (const part of await parts.all()) await expect(part).toBeInViewport({ ratio: 1 });
  expect(await header.evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
  const menu = await pad.menu();
  await expect(menu.getByRole('combobox')).toBeInViewport();
  await expect(menu.getByRole('combobox')).not.toBeFocused();
});

test('prose is a column in a wide window; who presses beside it means its line; code has all of it', async ({ open }) => {
  const pad = await (await open('#shared', { viewport: { width: 1440, height: 900 } })).ready();
  await pad.paste('first\nsecond\nthird');
  const column = async () => (await pad.editor.boundingBox())!;
  const { x, width } = await column();
  expect(width).toBeLessThan(900);
  const second = (await pad.editor.locator('.cm-line').nth(1).boundingBox())!;
  await pad.page.mouse.click(x + width + 100, second.y + 5);
  await pad.page.keyboard.type('!');
  await pad.shows('first\nsecond!\nthird');
  await pad.choose('Python');
  await expect.poll(async () => (await column()).width).toBeGreaterThan(1_200);
});

test('while one types on a phone there are keys above its keyboard, which leave it there', async ({ open }) => {
  const pad = await (await open('#shared', pixel)).ready();
  await pad.choose('Markdown');
  await pad.tap();
  await pad.page.keyboard.insertText('shopping');
  const keys = pad.page.getByRole('toolbar', { name: frame.keys });
  const press = (name: string) => keys.getByRole('button', { name, exact: true }).tap();
  await press(actions.names.task);
  await pad.shows('- [ ] shopping');
  await press(actions.names.undo);
  await pad.shows('shopping');
  await press(actions.names.heading);
  await pad.shows('# shopping');
  await expect(pad.editor).toBeFocused();
  await pad.choose('Python');
  await pad.tap();
  await keys.getByRole('button', { name: '[', exact: true }).tap();
  await expect.poll(() => pad.text()).toContain('[');
  await expect(pad.editor).toBeFocused();
  await pad.editor.blur();
  await expect(keys).toHaveCount(0);
});
