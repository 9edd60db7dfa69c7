// What keys do where the editor has not the focus, and what Vim's commands say.
import { expect, settings, test, words } from '../pad.ts';
import type { Pad } from '../pad.ts';

const { now, kept, leave } = words.editor.saving;

async function useVim(pad: Pad): Promise<void> {
  await (await pad.panel('settings')).getByRole('switch', { name: settings.vim }).click();
  await expect(pad.page.locator('.cm-vim-panel')).toBeVisible();
}

async function command(pad: Pad, text: string): Promise<void> {
  await pad.editor.focus();
  await pad.page.keyboard.press('Escape');
  await pad.page.keyboard.type(text);
  if (text.startsWith(':')) await pad.page.keyboard.press('Enter');
}

test('Ctrl+F searches in the text from anywhere on the page, but not under a dialog', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.paste(`${'line\n'.repeat(500)}the last one`);
  const search = pad.page.locator('.cm-search');
  const dialog = pad.page.getByRole('dialog');
  await pad.act('about');
  await expect(dialog).toBeVisible();
  await pad.page.keyboard.press('Control+f');
  await pad.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(search).toBeHidden();
  for (const key of ['Control+f', 'F3', 'Meta+f']) {
    await pad.page.locator('.share-button').focus();
    await pad.page.keyboard.press(key);
    await expect(search.getByRole('textbox').first(), key).toBeFocused();
    await pad.page.keyboard.press('Escape');
    await expect(search).toBeHidden();
  }
  await pad.language.focus();
  await pad.page.keyboard.press('Control+f');
  await expect(search.getByRole('textbox').first()).toBeFocused();
  await pad.page.keyboard.type('last one');
  await pad.page.keyboard.press('Enter');
  await expect(pad.page.locator('.cm-searchMatch-selected')).toHaveText('last one');
});

test("Vim's commands that save and leave say that the text is saved", async ({ open, server }) => {
  const pad = await (await open()).ready();
  await useVim(pad);
  for (const [n, [keys, said]] of ([
    [':w', now], [':write', now], [':w!', now], [':wq', `${now} ${leave}`], [':x', `${now} ${leave}`], [':q', `${now} ${leave}`],
    [':q!', `${now} ${leave}`], [':wqa', `${now} ${leave}`], ['ZZ', `${now} ${leave}`], ['ZQ', `${now} ${leave}`],
  ] as const).entries()) {
    await command(pad, keys);
    await expect.poll(() => pad.told(), keys).toHaveLength(n + 1);
    expect((await pad.told()).at(-1), keys).toBe(said);
    await expect(pad.page.locator('.cm-vim-message')).toHaveCount(0);
  }
  await expect(pad.editor).toBeFocused();
  await server.stop();
  await command(pad, 'ihello');
  await command(pad, ':wq');
  await pad.tells(`${kept} ${leave}`);
  await server.restart();
  await pad.saved();
  expect(await server.text('shared')).toBe('hello');
});

test('brackets and quotes close in code, and in no prose', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.page.waitForLoadState('networkidle'); // what closes them comes after the page
  await pad.type(`'tis so :-( "`);
  await pad.shows(`'tis so :-( "`);
  await expect(pad.editor).toHaveAttribute('spellcheck', 'true');
  await pad.choose('JavaScript');
  await expect(pad.editor).toHaveAttribute('spellcheck', 'false');
  await pad.editor.focus();
  await pad.page.keyboard.press('Control+a');
  await pad.page.keyboard.type('f(');
  await pad.shows('f()');
  await pad.panel('settings');
  await pad.page.getByRole('switch', { name: settings.closeBrackets }).click();
  await pad.page.getByLabel(settings.spelling).selectOption(settings.spellings.always);
  await expect(pad.editor).toHaveAttribute('spellcheck', 'true');
  await pad.type('[');
  await pad.shows('f()[');
});
