// What was typed, played again: the text comes as it came, with names where people typed, and stays where it is stopped.
import { devices } from '@playwright/test';
import type { Locator } from '@playwright/test';
import { hasNoViolationsInLightOrDark } from '../axe.ts';
import { expect, history, test } from '../pad.ts';
import type { Pad } from '../pad.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
const SHOTS = process.env['KP_SCREENSHOTS'];

const past = (pad: Pad): Locator => pad.page.getByRole('region', { name: history.view });
const textOf = (pad: Pad): Locator => past(pad).locator('.past-view .cm-content');
const shown = (pad: Pad): Promise<string> =>
  textOf(pad).evaluate((content) =>
    Array.from(content.querySelectorAll('.cm-line'), (line) => {
      const copy = line.cloneNode(true) as HTMLElement;
      copy.querySelectorAll('.past-caret').forEach((caret) => caret.remove());
      return copy.textContent;
    }).join('\n'),
  );
const sittings = (panel: Locator): Locator => panel.getByRole('list', { name: history.list }).getByRole('button');

for (const [size, options] of Object.entries({ wide: {}, phone: pixel })) {
  test(`it plays from the sitting that is chosen to the end, with the names of those who typed (${size})`, async ({ open }) => {
    const bob = await (await open()).ready();
    const alice = await (await open('#shared', options)).ready();
    await alice.rename('Alice');
    await bob.rename('Bob');
    await bob.editor.focus();
    await bob.page.keyboard.type('Hello ', { delay: 30 });
    await bob.saved();
    await alice.shows('Hello ');
    await alice.editor.focus();
    await alice.page.keyboard.press('Control+End');
    await alice.page.keyboard.type('world', { delay: 30 });
    await alice.saved();
    await bob.shows('Hello world');
    const panel = await alice.panel('history');
    await sittings(panel).last().click();
    await expect(textOf(alice)).toBeVisible();
    await past(alice).getByRole('combobox', { name: history.speed }).selectOption(history.times(2));
    await past(alice).getByRole('button', { name: history.play, exact: true }).click();
    await expect(past(alice).locator('.past-caret').filter({ hasText: 'Bob' })).toHaveCount(1);
    await expect(past(alice).locator('.past-caret').filter({ hasText: 'Alice' })).toHaveCount(1);
    if (SHOTS) await alice.page.screenshot({ path: `${SHOTS}/replay-${size}.png` });
    await expect(past(alice).getByRole('button', { name: history.play, exact: true })).toBeVisible(); // it is over
    expect(await shown(alice)).toBe('Hello world');
    await expect(past(alice).getByRole('slider', { name: history.place })).toHaveAttribute('aria-valuetext', /, Alice, \d characters? added$/);
    await hasNoViolationsInLightOrDark(alice, 'played to the end');
  });
}

test('it stops where one says, that is the text which is brought back, and goes on from there', async ({ open }) => {
  const alice = await (await open()).ready();
  await alice.rename('Alice');
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  for (const letter of letters.slice(0, 12)) {
    await alice.paste(letter);
    await alice.saved();
    await alice.page.waitForTimeout(250);
  }
  const text = letters.slice(0, 12);
  await sittings(await alice.panel('history')).last().click();
  await expect(textOf(alice)).toHaveText(text);
  await past(alice).getByRole('button', { name: history.play, exact: true }).click();
  await expect.poll(() => shown(alice)).toMatch(/^abc/);
  await past(alice).getByRole('button', { name: history.pause }).click();
  await expect(past(alice).getByRole('button', { name: history.bringBack })).toBeVisible();
  const stopped = await shown(alice);
  expect(text.startsWith(stopped)).toBe(true);
  expect(stopped.length).toBeLessThan(text.length);
  // It says how far that is, also within the only sitting.
  const slider = past(alice).getByRole('slider', { name: history.place });
  const share = () => slider.evaluate((it: HTMLInputElement) => (it.valueAsNumber - Number(it.min)) / (Number(it.max) - Number(it.min)));
  await expect.poll(share).toBeCloseTo(stopped.length / text.length, 2);
  await past(alice).getByRole('slider', { name: history.place }).press('Shift+ArrowRight');
  await expect(textOf(alice)).toHaveText(text.slice(0, stopped.length + 1));
  await past(alice).getByRole('combobox', { name: history.speed }).selectOption(history.times(20));
  await past(alice).getByRole('button', { name: history.play, exact: true }).click();
  await expect.poll(() => shown(alice)).toBe(text);
  await expect(past(alice).getByRole('button', { name: history.play, exact: true })).toBeVisible();
  // At the end it begins anew.
  await past(alice).getByRole('combobox', { name: history.speed }).selectOption(history.times(1));
  await past(alice).getByRole('button', { name: history.play, exact: true }).click();
  await expect.poll(async () => (await shown(alice)).length).toBeLessThan(8);
  // Another moment ends it.
  await past(alice).getByRole('slider', { name: history.place }).press('Shift+ArrowLeft');
  await expect(past(alice).getByRole('button', { name: history.play, exact: true })).toBeVisible();
  await alice.page.keyboard.press('Escape');
  await alice.shows(text);
});

test('where the server gives nothing more it says so, and goes on when it does', async ({ open }) => {
  const alice = await (await open()).ready();
  for (const word of ['one ', 'two ', 'three']) {
    await alice.paste(word);
    await alice.saved();
  }
  await sittings(await alice.panel('history')).last().click();
  await expect(textOf(alice)).toHaveText('one two three');
  await alice.page.route('**/history/operations?*', (route) => route.abort());
  await past(alice).getByRole('button', { name: history.play, exact: true }).click();
  await expect(past(alice)).toContainText(history.waiting);
  await alice.page.unroute('**/history/operations?*');
  await expect.poll(() => shown(alice)).toBe('one two three');
  await expect(past(alice)).not.toContainText(history.waiting);
});
