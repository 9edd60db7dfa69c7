// Who wrote what: the text in the colours of its authors, while they type on.
import { devices } from '@playwright/test';
import type { Locator } from '@playwright/test';
import { hasNoViolations, hasNoViolationsInLightOrDark } from '../axe.ts';
import { expect, history, test } from '../pad.ts';
import type { Pad } from '../pad.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
const SHOTS = process.env['KP_SCREENSHOTS'];
const words = history.authors;

const toggle = (panel: Locator): Locator => panel.getByRole('switch', { name: words.label });

/** What is tinted, and whose it is. */
const tints = (pad: Pad): Promise<string[]> =>
  pad.editor.locator('.authored').evaluateAll((all) => all.map((it) => `${it.getAttribute('title')}: ${it.textContent}`));

for (const [size, options] of Object.entries({ wide: {}, phone: pixel })) {
  test(`each part of the text is its author's, also what is typed now (${size})`, async ({ open, server }) => {
    const bob = await (await open()).ready();
    const alice = await (await open('#shared', options)).ready();
    await alice.rename('Alice');
    await bob.rename('Bob');
    await bob.paste('Hello 😀 ');
    await bob.saved();
    await alice.shows('Hello 😀 ');
    await alice.paste('world');
    await alice.saved();
    const panel = await alice.panel('people');
    await expect(alice.editor.locator('.authored')).toHaveCount(0);
    await toggle(panel).check();
    const legend = panel.getByRole('list', { name: words.list });
    await expect(legend.getByRole('listitem')).toHaveText(['Bob', `Alice (${words.you})`]);
    const me = `Alice (${words.you})`;
    await expect.poll(() => tints(alice)).toEqual(['Bob: Hello 😀 ', `${me}: world`]);
    await hasNoViolationsInLightOrDark(alice, 'authors');
    await alice.page.emulateMedia({ forcedColors: 'active' });
    await hasNoViolations(alice, 'authors, in forced colours');
    await alice.page.emulateMedia({ forcedColors: 'none' });
    if (SHOTS) await alice.page.screenshot({ path: `${SHOTS}/authors-${size}.png` });
    await alice.close(panel);

    // Both type on, in each other's words.
    await bob.editor.focus();
    await bob.page.keyboard.press('Control+End');
    await bob.page.keyboard.press('ArrowLeft');
    await bob.page.keyboard.type('XY');
    await bob.saved();
    await alice.shows('Hello 😀 worlXYd');
    await expect.poll(() => tints(alice)).toEqual(['Bob: Hello 😀 ', `${me}: worl`, 'Bob: XY', `${me}: d`]);
    await alice.editor.focus();
    await alice.page.keyboard.press('Control+Home');
    await alice.page.keyboard.type('Oh, ');
    await expect.poll(() => tints(alice)).toEqual([`${me}: Oh, `, 'Bob: Hello 😀 ', `${me}: worl`, 'Bob: XY', `${me}: d`]);
    await alice.saved();
    // The server says the same.
    const answer = (await (await alice.page.request.get(`http://127.0.0.1:${server.port}/api/document/shared/authorship`)).json()) as {
      runs: [number, number][];
      authors: Record<string, { name: string }>;
    };
    expect(answer.runs.map(([points, id]) => [points, answer.authors[id]!.name])).toEqual([[4, 'Alice'], [8, 'Bob'], [4, 'Alice'], [2, 'Bob'], [1, 'Alice']]);

    // Those who listen hear whose words the caret is in.
    await alice.page.keyboard.press('End');
    await alice.page.keyboard.press('ArrowLeft');
    await alice.page.keyboard.press('ArrowLeft');
    await expect(alice.page.locator('.cm-editor > [role=status]').first()).toHaveText('Bob');

    await toggle(await alice.panel('people')).uncheck();
    await expect(alice.editor.locator('.authored')).toHaveCount(0);
  });
}

test('it stays right without a connection and after it; where no history is kept it says so', async ({ open, road }) => {
  const [alice, bob] = [await (await open('#shared', {}, road.port)).ready(), await (await open()).ready()];
  await alice.rename('Alice');
  await bob.rename('Bob');
  await bob.paste('one two');
  await bob.saved();
  await alice.shows('one two');
  const panel = await alice.panel('people');
  await toggle(panel).check();
  await expect.poll(() => tints(alice)).toEqual(['Bob: one two']);
  await alice.goOffline(road);
  await alice.type(' three');
  await bob.editor.focus();
  await bob.page.keyboard.press('Control+Home');
  await bob.page.keyboard.type('zero ');
  await bob.saved();
  await expect.poll(() => tints(alice)).toContain(`Alice (${words.you}):  three`);
  await alice.goOnline(road);
  await bob.shows('zero one two three');
  await alice.shows('zero one two three');
  await expect.poll(() => tints(alice)).toEqual(['Bob: zero one two', `Alice (${words.you}):  three`]);
});

test.describe('where none is kept', () => {
  test.use({ settings: { HISTORY: 'off' } });

  test('nobody knows', async ({ open }) => {
    const alice = await (await open()).ready();
    await alice.type('text');
    await alice.saved();
    const panel = await alice.panel('people');
    await toggle(panel).check();
    await expect(panel).toContainText(words.problems['gone']!);
  });
});
