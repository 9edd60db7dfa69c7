// Links: made in the share dialog, opened by people who may only read, and withdrawn while they are in.
import { devices } from '@playwright/test';
import { ended } from '../../../frontend/src/strings/ended_en.ts';
import { hasNoViolations } from '../axe.ts';
import { expect, links, Pad, refusedPad, share, test, words } from '../pad.ts';

const { defaultBrowserType: _, ...phone } = devices['Pixel 7'];

/** Makes a link in the share dialog, and gives its address. */
async function makeLink(pad: Pad, fill: { role?: 'view' | 'edit'; name?: string; ends?: string } = {}): Promise<string> {
  const dialog = await pad.share();
  await dialog.getByRole('button', { name: links.make }).click();
  if (fill.role === 'edit') await dialog.getByRole('radio', { name: links.roles.edit }).check();
  if (fill.name) await dialog.getByRole('textbox', { name: links.name }).fill(fill.name);
  if (fill.ends) await dialog.getByRole('combobox', { name: links.until }).selectOption(fill.ends);
  await dialog.getByRole('button', { name: links.create }).click();
  const field = dialog.getByRole('group').getByRole('textbox');
  await expect(field).toBeFocused();
  const address = await field.inputValue();
  await pad.close(dialog);
  return address;
}

/** The part of an address that opens the pad. */
const tokenOf = (address: string) => /#\/link\/([\w-]{22})$/.exec(address)![1]!;

const reading = (pad: Pad) => expect(pad.status).toHaveText(words.status.reading);

test('a link for reading: whoever opens it sees the typing, changes nothing, and is out when it is withdrawn', async ({ open }) => {
  const alice = await (await open()).ready();
  await alice.type('Hello');
  const address = await makeLink(alice, { name: 'Class 7b' });
  const token = tokenOf(address);
  expect(address).not.toContain('shared');

  const bob = await open(new URL(address).hash);
  const asked: string[] = [];
  bob.page.on('request', (request) => asked.push(request.url(), request.headers()['referer'] ?? ''));
  await reading(bob);
  await bob.shows('Hello');
  await alice.type(' there');
  await bob.shows('Hello there');

  // Nothing that he does to the text comes to anything, and there is nothing to do it with.
  await bob.editor.focus();
  await bob.page.keyboard.type('x');
  await bob.page.keyboard.press('Delete');
  await bob.shows('Hello there');
  await expect(bob.editor).toHaveAttribute('contenteditable', 'false');
  await expect(bob.editor).toHaveAttribute('aria-readonly', 'true');
  await expect(bob.page.locator('.cm-cursorLayer')).toBeHidden();
  await expect(bob.language).toHaveCount(0);
  const menu = await bob.menu();
  await expect(menu.getByRole('menuitem', { name: /open|undo/i })).toHaveCount(0);
  await bob.close(menu);
  await bob.page.keyboard.press('Control+a'); // the text can be selected, to be copied
  expect(await bob.page.evaluate(() => getSelection()!.toString())).toContain('Hello there');

  // He is counted, and nobody has his caret.
  await expect(alice.page.getByRole('banner').getByRole('button', { name: words.people.readers(1) })).toBeVisible();
  await expect(alice.carets).toHaveCount(0);
  const people = await alice.panel('people');
  await expect(people.getByRole('heading', { name: words.people.readers(1) })).toBeVisible();
  await alice.close(people);
  await hasNoViolations(bob, 'a reader');

  expect(await bob.page.title()).not.toContain(token);
  expect(asked.filter((url) => url.includes(token))).toEqual([]);

  const dialog = await alice.share();
  await expect(dialog.getByRole('list', { name: links.list })).toContainText('Class 7b');
  await dialog.getByRole('button', { name: links.withdrawOf('Class 7b') }).click();
  await expect(dialog.getByRole('button', { name: links.keep })).toBeFocused();
  await hasNoViolations(alice, 'a link that is about to be withdrawn');
  await alice.page.keyboard.press('Escape'); // no, and the dialog stays
  await expect(dialog.getByRole('button', { name: links.withdrawOf('Class 7b') })).toBeFocused();
  await reading(bob);
  await alice.page.keyboard.press('Enter');
  await dialog.getByRole('group').getByRole('button', { name: links.withdraw }).click();
  await expect(dialog.getByRole('list', { name: links.list })).toHaveCount(0);

  await expect(bob.page.getByRole('alert')).toContainText(ended.link.heading);
  await bob.shows('Hello there');
  await bob.page.getByRole('button', { name: ended.newPad }).click();
  await bob.saved();
  await bob.shows('Hello there');
  expect(new URL(bob.page.url()).hash).toMatch(/^#[\w%-]{16,}$/);
  await bob.type('!');
  await bob.shows('Hello there!');
  await alice.shows('Hello there');
});

test('a link that opens nothing any more says so in the place of the text, and what to do', async ({ open }) => {
  const alice = await (await open()).ready();
  await alice.type('secret');
  const address = await makeLink(alice);
  const dialog = await alice.share();
  await dialog.getByRole('list', { name: links.list }).getByRole('button', { name: /^Withdraw/ }).click();
  await dialog.getByRole('group').getByRole('button', { name: links.withdraw }).click();
  await expect(dialog.getByRole('list', { name: links.list })).toHaveCount(0);

  const bob = await open(new URL(address).hash);
  await expect(bob.page.getByRole('heading', { name: ended.link.heading })).toBeVisible();
  await expect(bob.page.getByRole('alert')).toContainText(ended.link.explain);
  expect(await bob.page.locator('main').textContent()).not.toContain('secret');
  await hasNoViolations(bob, 'a link that has ended');

  const cut = await open(new URL(address).hash.slice(0, -1));
  await expect(cut.page.getByRole('heading', { name: refusedPad.headingOfLink })).toBeVisible();
});

test('a link for writing is as good as the address, whatever the password is, and tells neither', async ({ open }) => {
  const alice = await (await open()).ready();
  await alice.type('Hello');
  await alice.protect();
  const address = await makeLink(alice, { role: 'edit', ends: '24' });

  const bob = await (await open(new URL(address).hash)).ready();
  await bob.type(' from Bob');
  await alice.shows('Hello from Bob');
  expect(bob.page.url()).toBe(address); // no password, no id
  const sharing = await bob.share();
  await expect(sharing.getByRole('textbox', { name: share.link })).toHaveValue(address);
  await expect(sharing.getByLabel(share.password.label)).toHaveCount(0);
  await expect(sharing.getByRole('heading', { name: links.heading })).toHaveCount(0);
  await bob.close(sharing);

  // What he types without a connection is kept by the link, and arrives once.
  await bob.page.context().setOffline(true);
  await bob.page.reload({ waitUntil: 'commit' }).catch(() => undefined);
  await bob.page.context().setOffline(false);
  await bob.page.goto(address);
  await bob.saved();
  await bob.type('!');
  await alice.shows('Hello from Bob!');
});

test('only the browser that made a link shows it again; the others see what it is', async ({ open }) => {
  const alice = await (await open()).ready();
  await alice.type('Hello');
  const address = await makeLink(alice, { name: 'Board' });
  const mine = await alice.share();
  await mine.getByRole('button', { name: links.showOf('Board') }).click();
  await expect(mine.getByRole('textbox', { name: links.address('Board') })).toHaveValue(address);
  await mine.getByRole('button', { name: links.code }).click();
  await expect(mine.getByRole('img', { name: links.codeOf('Board') })).toBeVisible();
  await hasNoViolations(alice, 'a link with its code');
  await mine.getByRole('button', { name: links.done }).click();
  await expect(mine.getByRole('button', { name: links.make })).toBeFocused();

  await reading(await open(new URL(address).hash));
  const bob = await (await open()).ready();
  const theirs = await bob.share();
  const row = theirs.getByRole('list', { name: links.list }).getByRole('listitem');
  await expect(row).toContainText('Board');
  await expect(row).toContainText(links.roles.view);
  await expect(row).not.toContainText(links.unused);
  await expect(row.getByRole('button', { name: links.showOf('Board') })).toHaveCount(0);
});

test('more links than there may be, and no connection: each says what to do', async ({ open, server }) => {
  const alice = await (await open()).ready();
  await alice.type('Hello');
  for (let i = 0; i < 64; i++) {
    const body = JSON.stringify({ role: 'view', name: `Link ${i}`, expires_at: null, history: false });
    await server.get('/api/document/shared/links', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  }
  const dialog = await alice.share();
  await expect(dialog.getByRole('listitem')).toHaveCount(64);
  await dialog.getByRole('button', { name: links.make }).click();
  await dialog.getByRole('button', { name: links.create }).click();
  await expect(dialog.locator('.toasts')).toContainText(links.codes['too_many_links']!);
  await hasNoViolations(alice, '64 links');
  await server.kill();
  await expect(dialog.getByText(links.offline)).toBeVisible();
  await expect(dialog.getByRole('button', { name: links.withdrawOf('Link 3') })).toHaveCount(0);
});

test('on a phone, dark: the links in the sheet, and reading without a keyboard on the screen', async ({ open }) => {
  const options = { ...phone, colorScheme: 'dark' } as const;
  const alice = await (await open('#shared', options)).ready();
  await alice.tap();
  await alice.page.keyboard.type('Hello');
  const address = await makeLink(alice, { name: 'Class 7b' });
  const dialog = await alice.share();
  await expect(dialog.getByRole('listitem')).toContainText('Class 7b');
  await hasNoViolations(alice, 'links on a phone');
  await alice.close(dialog);
  const bob = await open(new URL(address).hash, options);
  await reading(bob);
  await bob.shows('Hello');
  await hasNoViolations(bob, 'a reader on a phone');
});

test('a link that ends in time ends for those who are in by it', async ({ open, server }) => {
  const alice = await (await open()).ready();
  await alice.type('Hello');
  await alice.saved();
  const ending = async (seconds: number): Promise<{ ends: number; bob: Pad }> => {
    const ends = Math.floor(Date.now() / 1000) + seconds;
    const body = JSON.stringify({ role: 'edit', name: '', expires_at: ends, history: false });
    const answer = await server.get('/api/document/shared/links', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    const bob = await open(`#/link/${(JSON.parse(answer.text) as { token: string }).token}`);
    await expect(bob.status.filter({ hasText: words.status.connected }).or(bob.page.getByRole('alert')).first()).toBeVisible();
    // Too slow to have been in at all: a later end.
    return (await bob.text()) === 'Hello' ? { ends, bob } : ending(4 * seconds);
  };
  const { ends, bob } = await ending(5);
  await expect(bob.page.getByRole('alert')).toContainText(ended.link.heading, { timeout: 120_000 });
  await bob.shows('Hello');
  expect(Date.now() / 1000).toBeGreaterThanOrEqual(ends - 1);
});
