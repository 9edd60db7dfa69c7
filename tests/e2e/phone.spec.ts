// A phone: touch, a small screen, input methods.
import { devices } from '@playwright/test';
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
