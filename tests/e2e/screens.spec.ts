// Every screen and dialog, wide and narrow, light and dark: axe finds nothing.
import AxeBuilder from '@axe-core/playwright';
import type { Locator } from '@playwright/test';
import { devices } from '@playwright/test';
import { expect, test, words } from './pad.ts';
import type { Pad } from './pad.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
const sizes = { wide: {}, narrow: pixel };
const schemes = ['light', 'dark'] as const;
// Half faded text has no contrast to judge, and axe takes seconds to look.
const still = { reducedMotion: 'reduce' } as const;

async function hasNoViolations(pad: Pad, screen: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page: pad.page }).analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join('; ')})`);
  expect(found, screen).toEqual([]);
}

/** Opens what a button of the sidebar opens, has a look and closes it. */
async function visit(pad: Pad, button: string): Promise<void> {
  const controls = await pad.controls();
  await controls.getByRole('button', { name: button }).click();
  const dialog = pad.page.getByRole('dialog').last();
  await expect(dialog.getByRole('button', { name: words.close, exact: true })).toBeVisible();
  await hasNoViolations(pad, button);
  await dialog.getByRole('button', { name: words.close, exact: true }).click();
  await closeMenu(pad);
}

async function closeMenu(pad: Pad): Promise<void> {
  const close: Locator = pad.page.getByRole('button', { name: words.closeMenu });
  if (await close.isVisible()) await close.click();
}

const program = 'def f(x):\n    return "text"  # and a comment\n';

for (const [size, options] of Object.entries(sizes)) {
  for (const colorScheme of schemes) {
    const name = `${size}, ${colorScheme}`;

    test(`axe: the pad, its controls and dialogs (${name})`, async ({ open }) => {
      const alice = await (await open('#shared', { ...options, ...still, colorScheme })).ready();
      await hasNoViolations(alice, 'an empty pad');

      const bob = await (await open()).ready();
      await bob.paste(program);
      await alice.shows(program);
      await bob.choose('Python');
      await expect(alice.editor.locator('.cm-line span').first()).toBeVisible();
      await expect(alice.carets).toHaveCount(1);
      await hasNoViolations(alice, 'text and a caret');

      const controls = await alice.controls();
      await controls.getByText(words.settings.heading).click();
      await controls.getByRole('button', { name: words.people.edit }).click();
      await expect(controls.getByLabel(words.people.name)).toBeVisible();
      await hasNoViolations(alice, 'name, colour and settings');
      await alice.language.click();
      await hasNoViolations(alice, 'the list of languages');
      await alice.page.keyboard.press('Escape');
      await closeMenu(alice);

      for (const button of [words.share.code, words.about.button]) await visit(alice, button);

      await (await alice.controls()).getByLabel(words.text.open).setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') });
      await expect(alice.page.getByRole('dialog', { name: words.text.openHeading('a.txt') })).toBeVisible();
      await hasNoViolations(alice, 'a file');
      await alice.page.getByRole('button', { name: words.cancel }).last().click();
      await closeMenu(alice);

      await alice.editor.focus();
      await alice.page.keyboard.press('Control+f');
      await expect(alice.page.locator('.cm-search')).toBeVisible();
      await hasNoViolations(alice, 'search');
    });

    test(`axe: what stands in the way (${name})`, async ({ open, server }) => {
      const alice = await (await open('#shared', { ...options, ...still, colorScheme })).ready();
      await alice.paste('x'.repeat(300 * 1024));
      await expect(alice.page.getByRole('alert').filter({ hasText: words.refusal.heading })).toBeVisible();
      await hasNoViolations(alice, 'a refusal');
      await alice.page.getByRole('button', { name: words.refusal.undo }).click();
      await alice.saved();

      await (await alice.controls()).getByLabel(words.protection.label).click();
      await expect.poll(() => new URL(alice.page.url()).hash).toMatch(/otp=/);
      const stranger = await open('#shared', { ...options, ...still, colorScheme });
      await expect(stranger.page.getByRole('dialog', { name: words.password.heading })).toBeVisible();
      await hasNoViolations(stranger, 'the password');

      await closeMenu(alice);
      await server.kill();
      await alice.type('kept');
      await expect(alice.status).not.toHaveText(words.status.connected);
      await hasNoViolations(alice, 'no connection');
    });
  }
}
