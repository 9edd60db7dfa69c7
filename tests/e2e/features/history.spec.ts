// The history of a text: who typed when, the text as it was, and how it comes back while others type on.
import { devices } from '@playwright/test';
import type { Locator } from '@playwright/test';
import { hasNoViolationsInLightOrDark } from '../axe.ts';
import { actions, expect, frame, history, test, words } from '../pad.ts';
import type { Pad } from '../pad.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
const SHOTS = process.env['KP_SCREENSHOTS'];

const shot = async (pad: Pad, name: string): Promise<void> => {
  if (SHOTS) await pad.page.screenshot({ path: `${SHOTS}/${name}.png` });
};
const past = (pad: Pad): Locator => pad.page.getByRole('region', { name: history.view });
const sittings = (panel: Locator): Locator => panel.getByRole('list', { name: history.list }).getByRole('button');

/** Alice writes, then Bob in her place, so that there are two sittings. */
async function written(alice: Pad, bob: Pad): Promise<void> {
  await alice.rename('Alice');
  await bob.rename('Bob');
  await alice.paste('The plan is\nto go on.\n');
  await alice.saved();
  await bob.shows('The plan is\nto go on.\n');
  await bob.editor.focus();
  await bob.page.keyboard.press('Control+a');
  await bob.page.keyboard.type('Gone');
  await bob.saved();
  await alice.shows('Gone');
}

for (const [size, options] of Object.entries({ wide: {}, phone: pixel })) {
  test(`the text as it was stands in the editor's place, and comes back, while others type on (${size})`, async ({ open }) => {
    const bob = await (await open()).ready();
    const alice = await (await open('#shared', options)).ready();
    await written(alice, bob);
    const panel = await alice.panel('history');
    await expect(sittings(panel)).toHaveCount(2);
    await expect(sittings(panel).first()).toHaveAccessibleName(/, Bob, 4 characters added, 22 characters removed$/);
    await expect(sittings(panel).last()).toHaveAccessibleName(/, Alice, 22 characters added$/);
    await hasNoViolationsInLightOrDark(alice, 'the list');
    await shot(alice, `list-${size}`);
    await sittings(panel).first().click();
    const shown = past(alice);
    await expect(shown.locator('del')).toHaveText('The plan is\nto go on.\n');
    await expect(shown.locator('ins')).toHaveText('Gone');
    await hasNoViolationsInLightOrDark(alice, 'a text of before');
    await shot(alice, `marks-${size}`);
    const slider = shown.getByRole('slider', { name: history.place });
    await slider.press('ArrowLeft');
    await expect(slider).toHaveAttribute('aria-valuetext', /, Alice, 22 characters added$/);
    await expect(shown.locator('.cm-content')).toContainText('to go on.');
    await expect(shown.locator('del')).toHaveCount(0);
    await shot(alice, `earlier-${size}`);

    await bob.type(' for good');
    await bob.saved();
    await shown.getByRole('button', { name: history.bringBack }).click();
    await expect(shown).toHaveCount(0);
    await alice.shows('The plan is\nto go on.\n');
    await bob.shows('The plan is\nto go on.\n');
    const toast = alice.page.locator('.toast').filter({ hasText: 'is back' });
    await toast.getByRole('button', { name: history.undo }).click();
    await bob.shows('Gone for good');
    await alice.shows('Gone for good');
  });
}

test('what is typed while a text of before is shown goes nowhere; Escape leads back to the text, and the keys open and close it', async ({ open }) => {
  const bob = await (await open()).ready();
  const alice = await (await open()).ready();
  await written(alice, bob);
  await alice.editor.focus();
  await alice.page.keyboard.press('Control+Shift+H');
  const panel = alice.page.getByRole('complementary', { name: frame.panels.history });
  await sittings(panel).last().press('Enter');
  await expect(past(alice).getByRole('heading')).toBeVisible();
  await alice.page.keyboard.type('nothing');
  await past(alice).locator('.cm-content').focus();
  await alice.page.keyboard.type('nothing');
  await bob.type(' is old');
  await alice.page.keyboard.press('Escape');
  await expect(past(alice)).toHaveCount(0);
  await expect(alice.editor).toBeFocused();
  await alice.shows('Gone is old');
  await alice.type('!');
  await bob.shows('Gone is old!');
  await alice.page.keyboard.press('Control+Shift+H');
  await expect(panel).toHaveCount(0);
});

test('without a connection the history says so, and comes with it; the menu leads there too', async ({ open }) => {
  const alice = await (await open()).ready();
  await alice.type('text');
  await alice.saved();
  await alice.page.route('**/history?*', (route) => route.abort());
  await alice.act('history');
  const panel = alice.page.getByRole('complementary', { name: frame.panels.history });
  await expect(panel).toContainText(history.problems['unreachable']!);
  await alice.page.unroute('**/history?*');
  await alice.type('!');
  await expect(sittings(panel)).toHaveCount(1);
  expect(actions.names.history).toBe(frame.panels.history);
});

test.describe('where none is kept', () => {
  test.use({ settings: { HISTORY: 'off' } });

  test('the panel says so', async ({ open }) => {
    const alice = await (await open()).ready();
    await alice.type('text');
    await alice.saved();
    await expect(await alice.panel('history')).toContainText(history.problems['off']!);
  });
});

test('who emptied a pad is named, and the history is a press away', async ({ open }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  const minutes = 'A line of the minutes, one of many.\n'.repeat(30);
  await alice.paste(minutes);
  await alice.saved();
  await bob.shows(minutes);
  await bob.editor.focus();
  await bob.page.keyboard.press('Control+a');
  await bob.page.keyboard.press('Delete');
  await alice.page.getByRole('alert').getByRole('button', { name: words.people.removal.history }).click();
  await expect(sittings(alice.page.getByRole('complementary', { name: frame.panels.history })).first()).toBeVisible();
});
