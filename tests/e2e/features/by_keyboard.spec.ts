// The page by the keyboard alone: each panel and dialog gives it back to what opened it, nothing takes it without a sign of
// where it is, and no way through the page loses it.
import type { Page } from '@playwright/test';
import { actions, comments, expect, frame, history, test } from '../pad.ts';
import type { Pad } from '../pad.ts';

const TEXT = `# One\n\nSome words.\n\n## Two\n\n${'More of them.\n\n'.repeat(40)}`;

async function withText(open: (hash?: string, options?: object) => Promise<Pad>, options: object = {}): Promise<Pad> {
  const pad = await (await open('#shared', options)).ready();
  await pad.choose('Markdown');
  await pad.paste(TEXT);
  await pad.saved();
  return pad;
}

/** Does what the palette has by that name; the text has the keyboard before. */
async function ask({ page, editor }: Pad, name: string): Promise<void> {
  await editor.focus();
  await page.keyboard.press('F1');
  await page.keyboard.insertText(name);
  await expect(page.locator('.palette [aria-selected=true] .palette-name')).toHaveText(name);
  await page.keyboard.press('Enter');
}

/** What has the keyboard, in words; "nothing", or with "without a sign" where nobody sees that it has. */
function where(page: Page): Promise<string> {
  return page.evaluate(() => {
    const it = document.activeElement as HTMLElement;
    if (it === document.body) return 'nothing';
    const name = it.getAttribute('aria-label') ?? it.textContent.trim().slice(0, 30);
    const shown = [it, it.closest('label'), it.nextElementSibling, it.parentElement];
    const isSeen = shown.some((element) => {
      const { outlineStyle, outlineWidth, boxShadow } = element ? getComputedStyle(element) : ({} as CSSStyleDeclaration);
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || (element === it && boxShadow !== 'none');
    });
    const isText = it.matches('.cm-content'); // which has its caret
    return `${it.localName} ${name}${isSeen || isText ? '' : ', without a sign'}`;
  });
}

test('each panel and dialog gives it back to what opened it', async ({ open }) => {
  const pad = await withText(open);
  const { page } = pad;
  for (const id of ['outline', 'people', 'history', 'comments', 'settings'] as const) {
    const panel = page.getByRole('complementary', { name: frame.panels[id], exact: true });
    await ask(pad, actions.names[id]);
    await expect(panel.getByRole('heading', { name: frame.panels[id], exact: true })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(panel).toHaveCount(0);
    await expect(pad.editor, `the text, after ${id}`).toBeFocused();
    if (id === 'people') continue; // its button is another test's
    const button = page.locator('.rail').getByRole('button', { name: new RegExp(`^${frame.panels[id]}`) });
    await button.press('Enter');
    await expect(panel.getByRole('heading', { name: frame.panels[id], exact: true })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(panel).toHaveCount(0);
    await expect(button).toBeFocused();
  }
  for (const id of ['share', 'owner', 'recent', 'about'] as const) {
    await ask(pad, actions.names[id]);
    const dialog = page.locator('dialog[open]:not(.palette)');
    await expect(dialog).toBeVisible();
    await expect.poll(() => dialog.evaluate((it) => it.contains(document.activeElement)), id).toBe(true);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(pad.editor, `the text, after ${id}`).toBeFocused();
  }
});

test('a panel that was there from the start leaves it to the text', async ({ open }) => {
  const pad = await withText(open);
  await ask(pad, actions.names.settings);
  await expect(pad.page.getByRole('complementary', { name: frame.panels.settings })).toBeVisible();
  await pad.page.reload();
  await pad.ready();
  const panel = pad.page.getByRole('complementary', { name: frame.panels.settings });
  await panel.getByRole('combobox').first().focus();
  await pad.page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);
  await expect(pad.editor).toBeFocused();
});

test('a text of before: Escape closes the list, then the text, and each leaves it to what is there', async ({ open }) => {
  const pad = await withText(open);
  const { page } = pad;
  const panel = page.getByRole('complementary', { name: frame.panels.history });
  const past = page.getByRole('region', { name: history.view });
  await ask(pad, actions.names.history);
  await panel.getByRole('list').getByRole('button').first().press('Enter');
  await expect(past.getByRole('button', { name: history.bringBack })).toBeVisible();
  await panel.getByRole('button', { name: history.now }).press('Enter');
  await expect(past).toHaveCount(0);
  await expect(panel.getByRole('list').getByRole('button').first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(past).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);
  await expect(past.getByRole('heading')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(past).toHaveCount(0);
  await expect(pad.editor).toBeFocused();
});

test('in a small window, whose dialogs scroll, each begins at its head or its first field', async ({ open }) => {
  const pad = await withText(open);
  const { page } = pad;
  await page.setViewportSize({ width: 640, height: 400 });
  for (const id of ['outline', 'people', 'history', 'comments', 'settings', 'share', 'owner', 'recent', 'about'] as const) {
    await ask(pad, actions.names[id]);
    const dialog = page.locator('dialog[open]:not(.palette)');
    await expect(dialog).toBeVisible();
    expect(await dialog.evaluate((it) => document.activeElement!.matches('h2, button, input') && it.contains(document.activeElement)), id).toBe(true);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(pad.editor, `the text, after ${id}`).toBeFocused();
  }
});

test('a comment is written where it is asked for, in a small window too', async ({ open }) => {
  for (const viewport of [{ width: 1280, height: 800 }, { width: 640, height: 400 }]) {
    const pad = await withText(open);
    await pad.page.setViewportSize(viewport);
    await pad.page.keyboard.press('Control+Home');
    await pad.page.keyboard.press('Control+Shift+ArrowRight');
    await pad.page.keyboard.press('Control+Alt+m');
    const box = pad.page.getByRole('textbox', { name: comments.label });
    await expect(box).toBeFocused();
    await expect(box).toBeInViewport({ ratio: 1 });
    await pad.page.keyboard.type('Why?');
    await expect(box).toHaveValue('Why?');
  }
});

test('what is done with comments leaves it to what is next', async ({ open }) => {
  const pad = await withText(open);
  const { page } = pad;
  const panel = page.getByRole('complementary', { name: frame.panels.comments });
  for (const [key, words] of [['Control+End', 'Why?'], ['Control+Home', 'How?']] as const) {
    await page.keyboard.press(key);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Control+Alt+m');
    await expect(panel.getByRole('textbox', { name: comments.label })).toBeFocused();
    await page.keyboard.type(words);
    await page.keyboard.press('Control+Enter');
    await expect(pad.editor).toBeFocused();
  }
  const [first, second] = [panel.getByRole('article').first(), panel.getByRole('article').last()];
  const edit = first.getByRole('button', { name: comments.editOf('How?') });
  await edit.press('Enter');
  await expect(panel.getByRole('textbox', { name: comments.label })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(edit).toBeFocused();
  await first.getByText(comments.reply, { exact: true }).press('Enter');
  await page.keyboard.type('So.');
  await page.keyboard.press('Control+Enter');
  await expect(first.getByText(comments.reply, { exact: true })).toBeFocused();
  await first.getByRole('button', { name: comments.removeOf('So.') }).press('Enter');
  await first.locator('.question .danger').press('Enter');
  await expect(first.getByText('So.')).toHaveCount(0);
  await expect(first).toBeFocused();
  await first.getByText(comments.resolve, { exact: true }).press('Enter');
  await expect(panel.getByRole('article')).toHaveCount(1);
  await expect(second).toBeFocused();
  await second.getByRole('button', { name: comments.removeOf('Why?') }).press('Enter');
  await second.locator('.question .danger').press('Enter');
  await expect(panel.getByRole('article')).toHaveCount(0);
  await expect(panel.getByRole('button', { name: comments.add })).toBeFocused();
});

test('Tab and F6 go round the page: it is never lost, and always seen', async ({ open }) => {
  const pad = await withText(open);
  const { page } = pad;
  await pad.showPreview();
  for (const id of [null, 'outline', 'people', 'history', 'comments', 'settings'] as const) {
    if (id) await pad.panel(id);
    await pad.page.locator('.skip').focus();
    const seen: string[] = [];
    for (let i = 0; i < 80; i++) {
      seen.push(await where(page));
      if (seen.at(-1)!.startsWith('nothing')) break; // the browser's own bars come next
      // In the text Tab indents.
      if (await pad.editor.evaluate((it) => it === document.activeElement)) await page.keyboard.press('Escape');
      await page.keyboard.press('Tab');
    }
    expect(seen.at(-1), `${id}: ${seen.join(' | ')}`).toBe('nothing');
    expect(seen.length, seen.join(' | ')).toBeGreaterThan(id ? 14 : 12);
    expect(seen.filter((it) => it.includes('without a sign'))).toEqual([]);

    await pad.editor.focus();
    const stops = new Set<string>();
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('F6');
      stops.add(await where(page));
    }
    expect([...stops].filter((it) => it.startsWith('nothing') || it.includes('without a sign'))).toEqual([]);
  }
});
