// The keyboard is never lost: whatever closes, hides or goes gives it to what one had before, or goes on with.
import { devices } from '@playwright/test';
import { expect, test, words } from '../pad.ts';
import type { Pad } from '../pad.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
const menu = (pad: Pad) => pad.page.getByRole('button', { name: words.menu });
const button = (pad: Pad, name: string) => pad.page.getByRole('button', { name, exact: true });
const opener = (pad: Pad) => pad.page.locator('button', { hasText: words.text.open });
const file = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('from a file') };

for (const [what, opens, heading] of [
  ['About', words.about.button, words.about.heading],
  ['the QR code', words.share.code, words.share.codeHeading],
] as const) {
  test(`${what} gives it back to the button that opened it`, async ({ open }) => {
    const pad = await (await open()).ready();
    const dialog = pad.page.getByRole('dialog', { name: heading });
    for (const close of [() => pad.page.keyboard.press('Escape'), () => button(pad, words.close).press('Enter')]) {
      await button(pad, opens).press('Enter');
      await expect(dialog).toBeVisible();
      await close();
      await expect(dialog).toHaveCount(0);
      await expect(button(pad, opens)).toBeFocused();
    }
  });
}

test('so does the drawer, and a dialog over it to what is in it', async ({ open }) => {
  const pad = await (await open('#shared', pixel)).ready();
  for (const close of [() => pad.page.keyboard.press('Escape'), () => button(pad, words.closeMenu).press('Enter')]) {
    await menu(pad).press('Enter');
    await button(pad, words.share.code).press('Enter');
    await expect(pad.page.getByRole('dialog', { name: words.share.codeHeading })).toBeVisible();
    await pad.page.keyboard.press('Escape');
    await expect(button(pad, words.share.code)).toBeFocused();
    await close();
    await expect(pad.page.getByRole('dialog')).toHaveCount(0);
    await expect(menu(pad)).toBeFocused();
  }
  await menu(pad).press('Enter');
  await button(pad, words.text.undo).press('Enter');
  await expect(pad.editor).toBeFocused();
});

for (const [size, options] of [['wide', {}], ['small', pixel]] as const) {
  test(`a file that was taken leaves it to the text, one that was not to where it was: ${size}`, async ({ open }) => {
    const pad = await (await open('#shared', options)).ready();
    await pad.type('some text');
    const dialog = pad.page.getByRole('dialog', { name: words.text.openHeading('a.txt') });
    for (const [answer, focused] of [
      [words.cancel, () => opener(pad)],
      [words.text.insert, () => pad.editor],
      [words.text.replace, () => pad.editor],
    ] as const) {
      if (size === 'small' && !(await pad.page.getByRole('dialog').isVisible())) await menu(pad).press('Enter');
      await opener(pad).focus();
      await pad.page.locator('input[type=file]').setInputFiles(file);
      await dialog.getByRole('button', { name: answer }).press('Enter');
      await expect(dialog).toHaveCount(0);
      await expect(focused()).toBeFocused();
    }
    await pad.shows('from a file');
  });
}

test('a password that opens the pad leaves it to the text', async ({ open }) => {
  const host = await (await open()).ready();
  await host.page.getByLabel(words.protection.label).press('Space');
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

test('hiding the sidebar and showing it, saving a name and not, protecting: the keyboard stays where it was', async ({ open }) => {
  const pad = await (await open()).ready();
  await button(pad, words.hideSidebar).press('Enter');
  await expect(menu(pad)).toBeFocused();
  await pad.page.keyboard.press('Enter');
  await expect(button(pad, words.hideSidebar)).toBeFocused();
  for (const answer of [words.people.save, words.cancel]) {
    await button(pad, words.people.edit).press('Enter');
    await button(pad, answer).press('Enter');
    await expect(button(pad, words.people.edit)).toBeFocused();
  }
  const protect = pad.page.getByLabel(words.protection.label);
  await protect.press('Space');
  await expect(protect).toBeFocused();
  await expect(protect).toBeChecked();
  await expect(protect).toHaveAttribute('aria-busy', 'false');
  await expect(protect).toBeFocused();
});

test('news that is put away gives it to the next, then back', async ({ open }) => {
  const [pad, other] = [await (await open()).ready(), await (await open()).ready()];
  await pad.editor.focus();
  await pad.page.locator('input[type=file]').setInputFiles({ ...file, buffer: Buffer.from([1, 0, 2]) });
  await other.choose('Ruby');
  const dismiss = button(pad, words.notice.dismiss);
  await expect(dismiss).toHaveCount(2);
  await dismiss.first().press('Enter');
  await expect(dismiss).toBeFocused();
  await pad.page.keyboard.press('Enter');
  await expect(dismiss).toHaveCount(0);
  await expect(pad.editor).toBeFocused();
});
