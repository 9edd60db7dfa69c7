// (1) The language, found by searching, by keyboard alone.
import { hasNoViolations } from '../axe.ts';
import { expect, test, words } from '../pad.ts';

test('is found by typing, moved through by arrows, taken by Enter, left by Escape', async ({ open }) => {
  const [pad, bob] = [await (await open()).ready(), await (await open()).ready()];
  const { page, language } = pad;
  const chosen = () => page.locator('[role=option][aria-selected=true]');
  await expect(language).toHaveValue(words.language.plain);
  await language.focus();
  await page.keyboard.press('ArrowDown');
  await expect(language).toHaveAttribute('aria-expanded', 'true');
  await expect(chosen()).toHaveText(words.language.plain);
  await page.keyboard.type('scr');
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(language).toHaveAttribute('aria-expanded', 'false');
  await expect(language).toHaveValue(words.language.plain);

  await page.keyboard.type('js');
  await expect(chosen()).toHaveText('JavaScript');
  await hasNoViolations(pad);
  await page.keyboard.press('Enter');
  await expect(language).toHaveValue('JavaScript');
  await expect(pad.editor).toBeFocused(); // what one wants next is to type
  await expect(bob.language).toHaveValue('JavaScript');
  await language.fill('klingon');
  await expect(page.getByText(words.language.nothing)).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(language).toHaveValue('JavaScript');
});
