// removal.spec.ts - somebody empties a pad: the others learn of it, and can undo what they did not do.
import { hasNoViolations } from '../axe.ts';
import { expect, test, words } from '../pad.ts';

test('regression: who empties a pad is named, and what was there is put back', async ({ open }) => {
  const minutes = 'A line of the minutes, one of many.\n'.repeat(30);
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.paste(minutes);
  await alice.saved();
  await bob.shows(minutes);
  await bob.rename('Bob');
  await bob.editor.focus();
  await bob.page.keyboard.press('Control+a');
  await bob.page.keyboard.press('Delete');
  const banner = alice.page.getByRole('alert').filter({ hasText: words.people.removal.heading('Bob', minutes.length) });
  await expect(banner).toBeVisible();
  await expect(alice.page.getByText(words.start.explain)).toHaveCount(0);
  await expect(bob.page.getByText(words.start.explain)).toHaveCount(0);
  await hasNoViolations(alice, 'the banner of a removal');
  await banner.getByRole('button', { name: words.people.removal.show }).click();
  await expect(alice.page.getByRole('textbox', { name: words.people.removal.text })).toHaveValue(minutes);
  await alice.page.keyboard.press('Escape');
  await banner.getByRole('button', { name: words.people.removal.putBack }).click();
  await bob.shows(minutes);
  await expect(alice.page.getByRole('alert')).toHaveCount(0);
});
