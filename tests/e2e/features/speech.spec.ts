// (11) The language of the page: the browser's, the address's, or a choice that is remembered.
import { de } from '../../../frontend/src/strings/de.ts';
import { expect, settings, test, words } from '../pad.ts';
import type { Pad } from '../pad.ts';

async function speaks(pad: Pad, locale: 'en' | 'de'): Promise<void> {
  const spoken = locale === 'de' ? de : words;
  await expect(pad.page.locator('html')).toHaveAttribute('lang', locale);
  await expect(pad.page.locator('html')).toHaveAttribute('dir', 'ltr');
  await expect(pad.status).toHaveText(spoken.status.connected);
  await expect(pad.editor).toHaveAccessibleName(spoken.editor.label);
}

async function chooseLocale(pad: Pad, name: string): Promise<void> {
  const opener = pad.page.getByRole('button', { name: /^(Settings|Einstellungen)$/ });
  if ((await opener.getAttribute('aria-expanded')) !== 'true') await opener.click();
  await pad.page.getByRole('combobox', { name: /^(Language of this page|Sprache der Seite)$/ }).selectOption({ label: name });
}

test('is the browser’s, until another is chosen; the choice is kept, and nothing is lost by it', async ({ open, server }) => {
  const pad = await open('#shared', { locale: 'de-AT' });
  await speaks(pad, 'de');
  await pad.type('bleibt');
  await chooseLocale(pad, 'English');
  await speaks(pad, 'en');
  await pad.shows('bleibt');
  expect(await server.text('shared')).toBe('bleibt');
  await pad.page.reload();
  await speaks(pad, 'en');
  await chooseLocale(pad, 'System');
  await speaks(pad, 'de');
});

test('the address decides for a visit, unless it asks for one that there is not; a choice is newer', async ({ open }) => {
  const pad = await open('?lang=de&theme=dark#shared', { locale: 'en-GB' });
  await speaks(pad, 'de');
  await pad.page.reload();
  await speaks(pad, 'de');
  await chooseLocale(pad, 'English');
  await speaks(pad, 'en');
  expect(new URL(pad.page.url()).search).toBe('?theme=dark');
  await speaks(await open('?lang=tlh#shared', { locale: 'de' }), 'de');
});

test('what is unsent is sent before the page begins anew', async ({ open, server }) => {
  const pad = await (await open()).ready();
  await pad.type('first ');
  await pad.saved();
  await server.stop();
  await expect(pad.status).not.toHaveText(words.status.connected);
  await pad.type('then');
  await chooseLocale(pad, 'Deutsch');
  await pad.tells(settings.localeLater);
  await expect(pad.page.locator('html')).toHaveAttribute('lang', 'en');
  await server.restart();
  await speaks(pad, 'de');
  await pad.shows('first then');
  expect(await server.text('shared')).toBe('first then');
});
