// Moments of the past: one change at a time, links that lead there, and what comes of a text of before.
import { devices } from '@playwright/test';
import type { Locator } from '@playwright/test';
import fs from 'node:fs';
import { hasNoViolations, hasNoViolationsInLightOrDark } from '../axe.ts';
import { expect, history, Pad, test, words } from '../pad.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
const SHOTS = process.env['KP_SCREENSHOTS'];

const shot = async (pad: Pad, name: string): Promise<void> => {
  if (SHOTS) await pad.page.screenshot({ path: `${SHOTS}/${name}.png` });
};
const past = (pad: Pad): Locator => pad.page.getByRole('region', { name: history.view });
const textOf = (pad: Pad): Locator => past(pad).locator('.past-view .cm-content');
const sittings = (panel: Locator): Locator => panel.getByRole('list', { name: history.list }).getByRole('button');
const slider = (pad: Pad): Locator => past(pad).getByRole('slider', { name: history.place });
const copied = (pad: Pad): Promise<string> => pad.page.evaluate(() => navigator.clipboard.readText());

/** Alice writes three words, each in an edit of its own, then Bob one. */
async function written(alice: Pad, bob: Pad): Promise<void> {
  await alice.rename('Alice');
  await bob.rename('Bob');
  let text = '';
  for (const word of ['one ', 'two ', 'three ']) {
    await alice.paste(word);
    await alice.saved();
    await bob.shows((text += word));
  }
  await bob.paste('four');
  await bob.saved();
  await alice.shows(`${text}four`);
}

test('Shift and an arrow key go one change on or back, the slider says which, and what others type meanwhile is counted', async ({ open }) => {
  const [bob, alice] = [await (await open()).ready(), await (await open()).ready()];
  await written(alice, bob);
  await sittings(await alice.panel('history')).first().click();
  await expect(textOf(alice)).toHaveText('one two three four');
  await expect(slider(alice)).toHaveAttribute('aria-valuetext', /[\dM], Bob, 4 characters added$/);
  await slider(alice).press('Shift+ArrowLeft');
  await expect(textOf(alice)).toHaveText('one two three ');
  await expect(slider(alice)).toHaveAttribute('aria-valuetext', /[\dM], Alice, 6 characters added$/);
  await expect(textOf(alice).locator('ins')).toHaveText('three ');
  await slider(alice).press('Shift+ArrowLeft');
  await slider(alice).press('Shift+ArrowLeft');
  await expect(textOf(alice)).toHaveText('one ');
  await slider(alice).press('Shift+ArrowRight');
  await expect(textOf(alice)).toHaveText('one two ');
  await expect(slider(alice)).toHaveAttribute('aria-valuetext', /, Alice, 4 characters added$/);

  await bob.type('!');
  await bob.saved();
  await expect(past(alice)).toContainText(history.since(1));
  await bob.type('?');
  await bob.saved();
  await expect(past(alice)).toContainText(history.since(2));
  await expect(textOf(alice)).toHaveText('one two ');
  await hasNoViolations(alice, 'a single change');
  await shot(alice, 'moment-wide');
});

test('a link to a moment shows that text, also with the password in it, and leads back to the present one', async ({ open, browser }) => {
  const [bob, alice] = [await (await open()).ready(), await (await open('#shared', { permissions: ['clipboard-read', 'clipboard-write'] })).ready()];
  await written(alice, bob);
  await alice.protect();
  await sittings(await alice.panel('history')).first().click();
  await slider(alice).press('Shift+ArrowLeft');
  await expect(textOf(alice)).toHaveText('one two three ');
  await past(alice).getByRole('button', { name: history.copyLink }).click();
  const address = await copied(alice);
  expect(new URL(address).hash).toMatch(/^#shared@3&otp=.+$/);

  const carol = await Pad.open(browser, address);
  await expect(textOf(carol)).toHaveText('one two three ');
  await carol.ready();
  expect(new URL(carol.page.url()).hash).not.toContain('@'); // what is passed on is the pad
  await past(carol).getByRole('button', { name: history.close, exact: true }).click();
  await carol.shows('one two three four');
  await carol.type('!');
  await alice.page.keyboard.press('Escape');
  await alice.shows('one two three four!');
  expect(carol.complaints).toEqual([]);
  await carol.page.context().close();
});

test('a moment that there is not says so, and the nearest is a press away', async ({ open }) => {
  const bob = await (await open()).ready();
  await bob.paste('text');
  await bob.saved();
  const alice = await open('#shared@99');
  await expect(past(alice).getByRole('alert')).toContainText(history.textProblems['gone']!);
  await past(alice).getByRole('button', { name: history.nearest }).click();
  await expect(textOf(alice)).toHaveText('text');
});

for (const [size, options] of Object.entries({ wide: {}, middle: { viewport: { width: 1024, height: 700 } }, phone: pixel })) {
  test(`a text of before is compared with the present one, which goes on (${size})`, async ({ open }) => {
    const bob = await (await open()).ready();
    const alice = await (await open('#shared', options)).ready();
    await bob.rename('Bob');
    const lines = Array.from({ length: 60 }, (_, i) => `Line ${i}`);
    await bob.paste(lines.join('\n'));
    await bob.saved();
    await bob.editor.focus();
    await bob.page.keyboard.press('Control+Home');
    await bob.page.keyboard.type('New ');
    await bob.saved();
    await sittings(await alice.panel('history')).first().click();
    await slider(alice).press('Shift+ArrowLeft');
    await expect(textOf(alice)).toBeVisible();
    for (let shown = await textOf(alice).innerText(); !shown.startsWith('Line 0'); shown = await textOf(alice).innerText()) {
      await slider(alice).press('Shift+ArrowLeft');
      await expect.poll(() => textOf(alice).innerText()).not.toBe(shown);
    }
    await past(alice).getByRole('button', { name: history.compare }).click();
    await expect(past(alice)).toContainText(history.differences(1));
    await bob.page.keyboard.press('Control+End');
    await bob.page.keyboard.type(' and the end');
    await bob.saved();
    await expect(past(alice)).toContainText(history.differences(2));
    if (size === 'phone') await expect(past(alice).locator('.compared ins').first()).toHaveText('New ');
    else {
      await expect(past(alice).getByRole('textbox', { name: history.nowText })).toContainText('New Line 0');
      await past(alice).getByRole('button', { name: history.nextDifference }).click();
      await expect(past(alice).getByRole('textbox', { name: history.nowText })).toContainText('and the end');
    }
    await hasNoViolationsInLightOrDark(alice, 'compared with the present text');
    await shot(alice, `compare-${size}`);
    await past(alice).getByRole('button', { name: history.compare }).click();
    await expect(textOf(alice)).toBeVisible();
  });
}

test('long texts are compared line by line', async ({ open, server }) => {
  const alice = await (await open()).ready();
  const address = `http://127.0.0.1:${server.port}/api/text/shared`;
  const lines = Array.from({ length: 4_000 }, (_, i) => `This is line ${i} of many`);
  await alice.page.request.put(address, { data: lines.join('\n') });
  await alice.page.request.put(address, { data: lines.map((line, i) => (i % 1_000 === 500 ? `${line}, changed` : line)).join('\n') });
  await sittings(await alice.panel('history')).first().click();
  await slider(alice).press('Shift+ArrowLeft');
  await expect(past(alice).getByRole('heading', { level: 2 })).toBeVisible();
  await past(alice).getByRole('button', { name: history.compare }).click();
  await expect(past(alice)).toContainText(history.differences(4));
  await expect(past(alice).getByRole('textbox', { name: history.nowText })).toContainText('line 500 of many, changed');
});

test('without a connection in the middle of it each thing says so, and works again with it', async ({ open }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  let text = '';
  for (const [pad, word] of [[alice, 'one '], [bob, 'two '], [alice, 'three ']] as const) {
    await pad.paste(word);
    await pad.saved();
    text += word;
    await Promise.all([alice.shows(text), bob.shows(text)]);
  }
  const panel = await alice.panel('history');
  await expect(sittings(panel)).toHaveCount(3);
  await sittings(panel).first().click();
  await expect(textOf(alice).locator('ins')).toHaveText('three ');
  await alice.page.route('**/api/document/**', (route) => route.abort());
  await past(alice).getByRole('button', { name: history.play, exact: true }).click();
  await expect(past(alice)).toContainText(history.waiting);
  await past(alice).getByRole('button', { name: history.pause }).click();
  await expect(textOf(alice)).toHaveText('one two three ');
  await slider(alice).press('Shift+ArrowLeft'); // nothing is known of it, and what is shown stays
  await sittings(panel).last().click();
  await expect(past(alice).getByRole('alert')).toContainText(history.textProblems['unreachable']!);
  await hasNoViolations(alice, 'a text that cannot be had');
  await alice.page.unroute('**/api/document/**');
  await sittings(panel).last().click();
  await expect(textOf(alice)).toHaveText('one ');
  await slider(alice).press('Shift+ArrowRight');
  await expect(textOf(alice)).toHaveText('one two ');
  await past(alice).getByRole('button', { name: history.bringBack }).click();
  await bob.shows('one two ');
});

test('a text of before is copied, downloaded, and made a new pad', async ({ open }) => {
  const alice = await (await open('#shared', { permissions: ['clipboard-read', 'clipboard-write'] })).ready();
  await alice.paste('# Title\nfirst');
  await alice.saved();
  await alice.paste(' second');
  await alice.saved();
  await sittings(await alice.panel('history')).first().click();
  await expect(textOf(alice)).toContainText('first second');
  await slider(alice).press('Shift+ArrowLeft');
  await expect(textOf(alice)).not.toContainText('second');
  await past(alice).getByRole('button', { name: history.copy, exact: true }).click();
  await expect.poll(() => copied(alice)).toBe('# Title\nfirst');
  const downloading = alice.page.waitForEvent('download');
  await past(alice).getByRole('button', { name: history.download }).click();
  expect(fs.readFileSync(await (await downloading).path(), 'utf8')).toBe('# Title\nfirst');
  await past(alice).getByRole('button', { name: history.newPad }).click();
  await expect(past(alice)).toHaveCount(0);
  await alice.saved();
  await alice.shows('# Title\nfirst');
  expect(new URL(alice.page.url()).hash).not.toBe('#shared');
  await alice.page.goBack();
  await alice.shows('# Title\nfirst second');
  expect(words.status.connected).toBeTruthy();
});
