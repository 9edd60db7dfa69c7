// History for those who come by a link, and the news of it for everybody.
import type { Locator } from '@playwright/test';
import { rightsNews } from '../../../frontend/src/strings/rights_news_en.ts';
import { hasNoViolations } from '../axe.ts';
import { expect, history, links, test, words } from '../pad.ts';
import type { Pad } from '../pad.ts';

const SHOTS = process.env['KP_SCREENSHOTS'];

const past = (pad: Pad): Locator => pad.page.getByRole('region', { name: history.view });
const textOf = (pad: Pad): Locator => past(pad).locator('.past-view .cm-content');
const sittings = (panel: Locator): Locator => panel.getByRole('list', { name: history.list }).getByRole('button');
const reading = (pad: Pad) => expect(pad.status).toHaveText(words.status.reading);

async function makeLink(pad: Pad, fill: { role?: 'edit'; history?: boolean }): Promise<string> {
  const dialog = await pad.share();
  await dialog.getByRole('button', { name: links.make }).click();
  if (fill.role === 'edit') await dialog.getByRole('radio', { name: links.roles.edit }).check();
  if (fill.history) await dialog.getByRole('switch', { name: links.history }).check();
  await dialog.getByRole('button', { name: links.create }).click();
  const address = await dialog.getByRole('group').getByRole('textbox').inputValue();
  await pad.close(dialog);
  return new URL(address).hash;
}

/** Alice writes two words, one after the other. */
async function written(alice: Pad): Promise<void> {
  await alice.rename('Alice');
  await alice.paste('one ');
  await alice.saved();
  await alice.paste('two');
  await alice.saved();
}

test('a link for reading that shows history shows it all, and brings nothing back; one without says so', async ({ open }) => {
  const alice = await (await open()).ready();
  await written(alice);
  const [withHistory, without] = [await makeLink(alice, { history: true }), await makeLink(alice, {})];

  const bob = await open(withHistory, { permissions: ['clipboard-read', 'clipboard-write'] });
  await reading(bob);
  const asked: string[] = [];
  bob.page.on('request', (request) => asked.push(request.url()));
  const panel = await bob.panel('history');
  await sittings(panel).first().click();
  await expect(textOf(bob)).toHaveText('one two');
  await expect(past(bob).getByRole('button', { name: history.bringBack })).toHaveCount(0);
  await expect(panel.getByRole('button', { name: history.keeping.purge })).toHaveCount(0);
  await past(bob).getByRole('slider', { name: history.place }).press('Shift+ArrowLeft');
  await expect(textOf(bob)).toHaveText('one ');
  await past(bob).getByRole('button', { name: history.play, exact: true }).click();
  await expect(textOf(bob)).toHaveText(/one two/);
  await hasNoViolations(bob, 'history for a reader');
  if (SHOTS) await bob.page.screenshot({ path: `${SHOTS}/reader.png` });
  await expect(past(bob).getByRole('button', { name: history.play, exact: true })).toBeVisible();
  await past(bob).getByRole('slider', { name: history.place }).press('Shift+ArrowLeft');
  await expect(textOf(bob)).toHaveText('one ');
  await past(bob).getByRole('button', { name: history.copyLink }).click();
  const moment = new URL(await bob.page.evaluate(() => navigator.clipboard.readText())).hash;
  expect(moment).toBe(`${withHistory}@1`);
  await bob.page.keyboard.press('Escape');
  const people = await bob.panel('people');
  await people.getByRole('switch', { name: history.authors.label }).check();
  await expect(bob.editor.locator('.authored')).toHaveText('one two');
  expect(asked.join()).not.toContain('shared');

  const dave = await open(moment);
  await expect(textOf(dave)).toHaveText('one ');

  const carol = await open(without);
  await reading(carol);
  await expect(await carol.panel('history')).toContainText(history.problems['by_link']!);
});

test('by a link for editing everything works, and everybody is told who brought back which text', async ({ open }) => {
  const alice = await (await open()).ready();
  await written(alice);
  const bob = await (await open(await makeLink(alice, { role: 'edit' }))).ready();
  await bob.rename('Bob');
  await sittings(await bob.panel('history')).first().click();
  await past(bob).getByRole('slider', { name: history.place }).press('Shift+ArrowLeft');
  await expect(textOf(bob)).toHaveText('one ');
  await past(bob).getByRole('button', { name: history.bringBack }).click();
  await alice.shows('one ');
  await alice.tells(/^Bob brought back the text of \d/);
  expect((await bob.told()).filter((it) => it.includes('brought back'))).toEqual([]);
});

test('everybody is told who deleted the history, switched it off, and on', async ({ open }) => {
  const [alice, bob] = [await (await open('#told')).ready(), await (await open('#told')).ready()];
  await alice.rename('Alice');
  await alice.type('text');
  await alice.saved();
  const panel = await alice.panel('history');
  const { purge, purgeYes, off, offYes, on } = history.keeping;
  const isTold = (news: 'deleted' | 'off' | 'on') => bob.tells(rightsNews[news].of('Alice', null));
  await bob.shows('text');
  await (await bob.panel('people')).getByRole('switch', { name: history.authors.label }).check();
  await expect(bob.editor.locator('.authored')).toHaveText('text');
  const his = sittings(await bob.panel('history'));
  await expect(his).toHaveCount(1);
  await panel.getByText(/^(Kept|What is kept)/).click();
  await panel.getByRole('button', { name: purge }).click();
  await panel.getByRole('button', { name: purgeYes }).click();
  await isTold('deleted');
  await expect(his).toHaveCount(0);
  await expect(bob.editor.locator('.authored')).toHaveCount(0); // nobody knows any more
  await panel.getByRole('button', { name: off }).click();
  await panel.getByRole('button', { name: offYes }).click();
  await isTold('off');
  await panel.getByRole('button', { name: on }).click();
  await isTold('on');
});
