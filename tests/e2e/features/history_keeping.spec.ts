// What is kept of a pad, and an end to that.
import { hasNoViolations } from '../axe.ts';
import { expect, history, test, words } from '../pad.ts';
import type { Pad } from '../pad.ts';

const keeping = history.keeping;
const SHOTS = process.env['KP_SCREENSHOTS'];

const isOwner = (pad: Pad) => expect(pad.status).toHaveText(words.status.connected);

test('who owns the pad deletes its history, for everybody, and switches it off and on; nobody else can', async ({ open }) => {
  const alice = await (await open('#kept')).ready();
  await alice.type('secret');
  await alice.saved();
  const bob = await (await open('#kept')).ready();
  await isOwner(bob);
  const his = await bob.panel('history');
  await his.getByText(keeping.heading(0, true)).click();
  await expect(his).toContainText(keeping.what);
  await expect(his.getByRole('button', { name: keeping.purge })).toHaveCount(0);

  const panel = await alice.panel('history');
  const list = panel.getByRole('list', { name: history.list }).getByRole('button');
  await expect(list).toHaveCount(1);
  await panel.getByText(keeping.heading(0, true)).click();
  await panel.getByRole('button', { name: keeping.purge }).click();
  await expect(panel.locator('.question')).toContainText('for everybody');
  await hasNoViolations(alice, 'the question before it is deleted');
  if (SHOTS) await alice.page.screenshot({ path: `${SHOTS}/purge.png` });
  await panel.locator('.question').getByRole('button', { name: keeping.no }).click();
  await expect(list).toHaveCount(1);
  await panel.getByRole('button', { name: keeping.purge }).click();
  await panel.locator('.question').getByRole('button', { name: keeping.purgeYes }).click();
  await expect(list).toHaveCount(0);
  await alice.shows('secret');

  await panel.getByRole('button', { name: keeping.off }).click();
  await panel.locator('.question').getByRole('button', { name: keeping.offYes }).click();
  await expect(panel).toContainText(history.problems['off']!);
  await alice.type(' more');
  await alice.saved();
  await panel.getByRole('button', { name: keeping.on }).click();
  await expect(panel.getByRole('button', { name: keeping.purge })).toBeVisible();
  await alice.type('!');
  await alice.saved();
  await expect(list).toHaveCount(1);
});

test.describe('with an end', () => {
  test.use({ settings: { HISTORY_DAYS: 30 } });

  test('the panel says for how long', async ({ open }) => {
    const alice = await (await open()).ready();
    await alice.type('x');
    await alice.saved();
    await expect(await alice.panel('history')).toContainText(keeping.heading(30, true));
  });
});
