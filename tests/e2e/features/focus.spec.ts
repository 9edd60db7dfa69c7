// The keyboard is never lost: whatever closes, hides or goes gives it to what one had before, or goes on with.
import { devices } from '@playwright/test';
import { expect, frame, share, test, words } from '../pad.ts';
import type { Pad } from '../pad.ts';
import { files } from '../../../frontend/src/strings/files_en.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
const button = (pad: Pad, name: string) => pad.page.getByRole('button', { name, exact: true });
const file = { name: 'a.txt', content: 'from a file' };

for (const [size, options] of [['wide', {}], ['small', pixel]] as const) {
  test(`what the menu, Share and a dialog over it open gives it back to the button that opened it: ${size}`, async ({ open }) => {
    const pad = await (await open('#shared', options)).ready();
    const opener = pad.page.locator('[aria-haspopup=dialog]');
    await pad.close(await pad.menu());
    await expect(opener).toBeFocused();
    await pad.act('about');
    const about = pad.page.getByRole('dialog', { name: words.about.heading });
    await expect(about).toBeVisible();
    await about.getByRole('button', { name: words.close, exact: true }).press('Enter');
    await expect(about).toHaveCount(0);
    await expect(opener).toBeFocused();
    const sharing = await pad.share();
    const code = pad.page.getByRole('dialog', { name: share.codeLabel });
    await sharing.getByRole('tab', { name: share.ways.code }).click();
    await sharing.getByRole('button', { name: share.fullScreen }).press('Enter');
    await pad.close(code);
    await expect(sharing.getByRole('button', { name: share.fullScreen })).toBeFocused();
    await pad.close(sharing);
    await expect(pad.page.locator('.share-button')).toBeFocused();
    if (size === 'wide') return;
    await pad.act('find');
    await expect(pad.page.locator('.cm-search').getByRole('textbox').first()).toBeFocused();
  });

  test(`a panel has it when it opens, and gives it back: ${size}`, async ({ open }) => {
    const pad = await (await open('#shared', options)).ready();
    const opener = pad.page.locator('.avatars').getByRole('button');
    for (const end of ['Escape', 'button'] as const) {
      await opener.press('Enter');
      const panel = await pad.panel('people');
      await expect(panel.getByRole('heading', { name: frame.panels.people, exact: true })).toBeFocused();
      if (end === 'Escape') await pad.page.keyboard.press('Escape');
      else await panel.getByRole('button', { name: words.close, exact: true }).press('Enter');
      await expect(panel).toHaveCount(0);
      await expect(opener).toBeFocused();
    }
  });

  test(`a file that was taken leaves it to the text, one that was not to where it was: ${size}`, async ({ open }) => {
    const pad = await (await open('#shared', options)).ready();
    await pad.type('some text');
    const dialog = pad.page.getByRole('dialog', { name: files.openHeading('a.txt') });
    for (const [answer, focused] of [
      [words.cancel, () => pad.page.locator('[aria-haspopup=dialog]')],
      [files.insert, () => pad.editor],
      [files.replace, () => pad.editor],
    ] as const) {
      await pad.openFile(file.name, file.content);
      await dialog.getByRole('button', { name: answer }).press('Enter');
      await expect(dialog).toHaveCount(0);
      await expect(focused()).toBeFocused();
    }
    await pad.shows('from a file');
  });
}

test('a password that opens the pad leaves it to the text', async ({ open }) => {
  const host = await (await open()).ready();
  await host.protect();
  await expect.poll(() => new URL(host.page.url()).hash).toMatch(/otp=/);
  const otp = new URLSearchParams(new URL(host.page.url()).hash.slice(1)).get('otp')!;
  const guest = await open();
  const field = guest.page.getByRole('textbox', { name: words.password.label });
  await expect(field).toBeFocused();
  await field.fill(otp);
  await guest.page.keyboard.press('Enter');
  await guest.ready();
  await expect(guest.editor).toBeFocused();
});

test('a panel that is there from the start leaves it to the text', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.panel('settings');
  await pad.page.reload();
  await pad.ready();
  await expect(pad.page.getByRole('complementary', { name: frame.panels.settings })).toBeVisible();
  await expect(pad.editor).toBeFocused();
});

test('saving a name and not, protecting: the keyboard stays where it was', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.panel('people');
  for (const answer of [words.people.save, words.cancel]) {
    await button(pad, words.people.edit).press('Enter');
    await button(pad, answer).press('Enter');
    await expect(button(pad, words.people.edit)).toBeFocused();
  }
  const protect = (await pad.share()).getByLabel(share.password.label);
  await protect.press('Space');
  await expect(protect).toBeFocused();
  await expect(protect).toBeChecked();
  await expect(protect).toHaveAttribute('aria-busy', 'false');
  await expect(protect).toBeFocused();
});

test('news that is put away gives it to the next, then back', async ({ open }) => {
  const [pad, other] = [await (await open()).ready(), await (await open()).ready()];
  await pad.openFile(file.name, Buffer.from([1, 0, 2]));
  await pad.editor.focus();
  await other.choose('Ruby');
  const dismiss = button(pad, words.notice.dismiss);
  await expect(dismiss).toHaveCount(2);
  await dismiss.first().press('Enter');
  await expect(dismiss).toBeFocused();
  await pad.page.keyboard.press('Enter');
  await expect(dismiss).toHaveCount(0);
  await expect(pad.editor).toBeFocused();
});
