// The owner of a pad: who becomes it, what it is good for, and what the others see of it.
import { ended } from '../../../frontend/src/strings/ended_en.ts';
import { owner } from '../../../frontend/src/strings/owner_en.ts';
import { rightsNews } from '../../../frontend/src/strings/rights_news_en.ts';
import type { Locator } from '@playwright/test';
import WebSocket from 'ws';
import { Network } from '../../chaos/network.ts';
import { hasNoViolations } from '../axe.ts';
import { expect, links, Pad, share, test, words } from '../pad.ts';

async function ownership(pad: Pad): Promise<Locator> {
  await pad.act('owner');
  const dialog = pad.page.getByRole('dialog', { name: owner.heading });
  await expect(dialog).toBeVisible();
  return dialog;
}

test('whoever begins a pad owns it; the owner link makes another browser the owner, and is gone from its address', async ({ open }) => {
  const alice = await (await open('#mine')).ready();
  await alice.type('Hello');
  const dialog = await ownership(alice);
  await expect(dialog).toContainText(owner.mine);
  await hasNoViolations(alice, 'the owner');
  await expect(dialog.getByRole('textbox', { name: owner.link })).toHaveCount(0);
  await dialog.getByRole('button', { name: owner.showLink }).click();
  const address = await dialog.getByRole('textbox', { name: owner.link }).inputValue();
  expect(address).toMatch(/#mine&owner=[\w-]{22}$/);
  await alice.close(dialog);

  const bob = await (await open('#mine')).ready();
  const theirs = await ownership(bob);
  await expect(theirs).toContainText(owner.other);
  await expect(theirs.getByRole('button', { name: owner.remove })).toHaveCount(0);
  await bob.close(theirs);

  const home = await (await open(new URL(address).hash)).ready();
  expect(new URL(home.page.url()).hash).toBe('#mine');
  await home.page.reload();
  await home.ready();
  await expect(await ownership(home)).toContainText(owner.mine);
});

test('only the owner writes: the others read at once, their unsent words are kept and told, and arrive when they may', async ({ open, road }) => {
  const alice = await (await open('#mine')).ready();
  await alice.rename('Alice');
  await alice.type('Hello');
  const bob = await (await open('#mine', {}, road.port)).ready();
  await bob.type(' Bob');
  await alice.shows('Hello Bob');

  await bob.goOffline(road);
  const dialog = await ownership(alice);
  await dialog.getByLabel(owner.pen).click();
  await expect(dialog.getByLabel(owner.pen)).toBeChecked();
  await alice.close(dialog);
  await bob.type(', last words');
  await bob.goOnline(road);
  await expect(bob.page.getByRole('alert')).toContainText(words.refusal.headingOfReader);
  await expect(bob.editor).toHaveAttribute('contenteditable', 'false');
  await bob.shows('Hello Bob, last words');
  await alice.shows('Hello Bob');
  await hasNoViolations(bob, 'words that were not taken');

  const carol = await open('#mine');
  await expect(carol.status).toHaveText(words.status.reading);
  const again = await ownership(alice);
  await again.getByLabel(owner.pen).click();
  await expect(again.getByLabel(owner.pen)).not.toBeChecked();
  await alice.close(again);
  await alice.shows('Hello Bob, last words');
  await bob.saved();
  await carol.saved();
  await carol.tells(rightsNews.unpenned.of('Alice', null));
  await carol.type('!');
  await alice.shows('Hello Bob, last words!');
});

test('only the owner manages: the others have no password and no links to set', async ({ open }) => {
  const alice = await (await open('#mine')).ready();
  await alice.type('Hello');
  const bob = await (await open('#mine')).ready();
  const dialog = await ownership(alice);
  await dialog.getByLabel(owner.manage).click();
  await expect(dialog.getByLabel(owner.manage)).toBeChecked();
  await alice.close(dialog);
  const theirs = await bob.share();
  await expect(theirs.getByText(links.ownerOnly)).toBeVisible();
  await expect(theirs.getByLabel(share.password.label)).toHaveCount(0);
  await expect(theirs.getByRole('button', { name: links.make })).toHaveCount(0);
  await bob.close(theirs);
  await alice.protect();
  await expect.poll(() => new URL(bob.page.url()).hash).toMatch(/otp=/);
});

test('a pad that nobody owns is taken charge of once, and everybody is told by whom', async ({ open, server }) => {
  // Begun by an older client, so that nobody owns it.
  const client = new WebSocket(server.socketUrl('old'));
  client.on('open', () => client.send(JSON.stringify({ Edit: { revision: 0, operation: ['Hello'] } })));
  await expect.poll(async () => (await server.get('/api/text/old')).text).toBe('Hello');
  client.close();
  const [alice, bob] = [await (await open('#old')).ready(), await (await open('#old')).ready()];
  await alice.rename('Alice');
  const theirs = await ownership(bob);
  const dialog = await ownership(alice);
  await expect(dialog).toContainText(owner.nobody);
  await hasNoViolations(alice, 'a pad that nobody owns');
  await dialog.getByRole('button', { name: owner.takeCharge }).click();
  await expect(dialog).toContainText(owner.mine);
  await expect(theirs).toContainText(owner.other);
  await bob.tells(rightsNews.owned.of('Alice', null));
});

test('a pad that is deleted is gone for all, and each can make a new one of the text', async ({ open }) => {
  const alice = await (await open('#mine')).ready();
  await alice.type('Hello');
  const bob = await (await open('#mine')).ready();
  await bob.shows('Hello');
  const dialog = await ownership(alice);
  await dialog.getByRole('button', { name: owner.remove }).click();
  await expect(dialog.getByRole('button', { name: owner.no })).toBeFocused();
  await expect(dialog).toContainText(owner.removeSure('Hello', 1));
  await hasNoViolations(alice, 'a pad that is about to be deleted');
  await dialog.getByRole('button', { name: owner.removeYes }).click();
  for (const pad of [alice, bob]) await expect(pad.page.getByRole('alert')).toContainText(ended.gone.heading);
  await bob.shows('Hello');
  await hasNoViolations(bob, 'a pad that was deleted');
  await bob.page.getByRole('button', { name: ended.newPad }).click();
  await bob.saved();
  await bob.shows('Hello');
  await expect(await ownership(bob)).toContainText(owner.mine);
  // The old address is that of an empty pad, and nobody has put anything back there.
  const carol = await (await open('#mine')).ready();
  await carol.shows('');
});

test('everybody else out: the text is at a new address, and the old one ends', async ({ open }) => {
  const alice = await (await open('#mine')).ready();
  await alice.type('Hello');
  const bob = await (await open('#mine')).ready();
  const dialog = await ownership(alice);
  await dialog.getByRole('button', { name: owner.move }).click();
  await dialog.getByRole('button', { name: owner.moveYes }).click();
  await expect(bob.page.getByRole('alert')).toContainText(ended.gone.heading);
  await expect.poll(() => new URL(alice.page.url()).hash).not.toBe('#mine');
  await alice.ready();
  await alice.shows('Hello');
});

test('how long a pad is kept is the owner’s to say, as far as the server goes', async ({ open }) => {
  const alice = await (await open('#mine')).ready();
  await alice.type('Hello');
  const dialog = await ownership(alice);
  const days = dialog.getByLabel(owner.keep);
  await days.fill('2');
  await dialog.getByRole('button', { name: owner.save }).click();
  await expect(dialog.locator('.toasts')).toContainText(owner.kept(2));
  await days.fill('36500');
  await dialog.getByRole('button', { name: owner.save }).click();
  await expect(dialog.locator('.toasts')).toContainText(owner.codes['bad_keep_days']!);
  await alice.page.reload();
  await alice.ready();
  await expect((await ownership(alice)).getByLabel(owner.keep)).toHaveValue('2');
});

test('a tab without a connection brings nothing of a deleted pad back', async ({ open, server }) => {
  const alice = await (await open('#mine')).ready();
  await alice.type('Hello');
  const network = await Network.open(() => server.port);
  const bob = await (await open('#mine', {}, network.port)).ready();
  await bob.shows('Hello');
  network.unplug();
  await bob.type(' from afar');
  const dialog = await ownership(alice);
  await dialog.getByRole('button', { name: owner.remove }).click();
  await dialog.getByRole('button', { name: owner.removeYes }).click();
  await expect(alice.page.getByRole('alert')).toContainText(ended.gone.heading);
  network.plug();
  const alert = bob.page.getByRole('alert');
  await expect(alert).toContainText(ended.gone.heading, { timeout: 60_000 });
  await expect(alert).toContainText(ended.unsent(10));
  await bob.shows('Hello from afar');
  expect((await server.get('/api/document/mine')).text).toContain('"exists":false');
  await alert.getByRole('button', { name: ended.newPad }).click();
  await bob.saved();
  await bob.shows('Hello from afar');
  await network.close();
});

test('an owner link that is none is told, and takes nothing away', async ({ open }) => {
  const alice = await (await open('#mine')).ready();
  await alice.type('Hello');
  const wrong = `#mine&owner=${'x'.repeat(21)}A`;
  const bob = await (await open(wrong)).ready();
  await bob.tells(rightsNews.not_owned.of(null, null));
  const address = new URL(wrong, alice.page.url()).href;
  await alice.page.goto('about:blank');
  await alice.page.goto(address);
  await alice.ready();
  await alice.page.reload();
  await alice.ready();
  await expect(await ownership(alice)).toContainText(owner.mine);
});

test('of many who did something, one is picked from a list', async ({ open }) => {
  const alice = await (await open('#mine')).ready();
  await alice.type('Hello');
  for (const name of ['Ben', 'Clara', 'David', 'Emma']) {
    const pad = await (await open('#mine')).ready();
    await pad.rename(name);
    await pad.type(` ${name}`);
    await pad.saved();
    await pad.page.close();
  }
  await alice.shows('Hello Ben Clara David Emma');
  const dialog = await ownership(alice);
  await dialog.getByRole('combobox', { name: owner.takeBack }).selectOption('Clara');
  const button = dialog.getByRole('button', { name: owner.takeBackOf('Clara') });
  const { width, height } = (await button.boundingBox())!;
  expect([width > 2 * height, height < 50]).toEqual([true, true]);
  await hasNoViolations(alice, 'one of many');
  await button.click();
  await alice.shows('Hello Ben David Emma');
});

test('what somebody did is taken back in one step, what the others wrote stays, and undo brings it again', async ({ open }) => {
  const alice = await (await open('#mine')).ready();
  await alice.type('Hello');
  const [bob, carol] = [await (await open('#mine')).ready(), await (await open('#mine')).ready()];
  await bob.rename('Bob');
  await bob.editor.focus();
  await bob.page.keyboard.press('Control+a');
  await bob.page.keyboard.type('spam');
  await carol.shows('spam');
  await carol.type(' and Carol');
  await alice.shows('spam and Carol');
  const dialog = await ownership(alice);
  await hasNoViolations(alice, 'what somebody did');
  await dialog.getByRole('button', { name: owner.takeBackOf('Bob') }).click();
  for (const pad of [alice, bob, carol]) await pad.shows('Hello and Carol');
  await alice.page.locator('.toasts').getByRole('button', { name: owner.undo }).click();
  for (const pad of [alice, bob, carol]) await pad.shows('spam and Carol');
});
