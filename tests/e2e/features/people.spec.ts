// (3) News, with who did it. (4) The password, and nothing that looks like it.
import { devices } from '@playwright/test';
import { news as newsInGerman } from '../../../frontend/src/strings/news_de.ts';
import { expect, frame, share, test, words } from '../pad.ts';

test('news say who did it; comings and goings are only spoken', async ({ open }) => {
  const alice = await (await open()).ready();
  await alice.rename('Alice A.');
  const bob = await (await open()).ready();
  await bob.rename('Bob');
  await alice.speaks('joined');

  await alice.choose('Python');
  await alice.speaks(frame.news.languageMine('Python')); // what one did oneself is no news
  await bob.tells(frame.news.language('Python', 'Alice A.'));

  await alice.protect();
  await bob.tells(frame.news.protected('Alice A.'));
  expect(await alice.told()).toEqual([]);
  await bob.page.context().close();
  await alice.speaks(frame.news.left('Bob', 1));
});

test('a password reaches everybody’s address, survives a restart, and only it is asked for', async ({ open, server }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.type('text');
  await alice.protect();
  await expect.poll(() => new URL(bob.page.url()).hash).toMatch(/otp=/);
  await expect.poll(() => new URL(alice.page.url()).hash).toBe(new URL(bob.page.url()).hash);
  await server.restart();
  await alice.ready();
  await bob.ready();
  await server.kill();
  await expect(bob.status).not.toHaveText(words.status.connected);
  await expect(bob.page.getByRole('dialog')).toHaveCount(0);
  await server.restart();

  const guest = await open('#shared&otp=wrong');
  const dialog = guest.page.getByRole('dialog', { name: words.password.heading });
  await expect(dialog).toContainText(words.password.wrong);
  for (let i = 0; i < 3; i++) await guest.page.keyboard.press('Escape');
  await expect(dialog).toBeVisible(); // there is nothing behind it to go to
  await expect(dialog.getByRole('link', { name: words.about.newPad })).toBeVisible();
  await bob.ready();
  await bob.protect();
  await expect.poll(() => new URL(alice.page.url()).hash).toBe('#shared');
});

test('on a phone, whoever is followed is seen: the list closes', async ({ open }) => {
  const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
  const [alice, bob] = [await (await open('#shared', pixel)).ready(), await (await open()).ready()];
  await bob.rename('Bob');
  const list = await alice.panel('people');
  await list.getByRole('button', { name: words.people.followOf('Bob') }).tap();
  await expect(list).toHaveCount(0);
  await (await alice.panel('people')).getByRole('button', { name: words.people.followingOf('Bob') }).tap();
  await expect(list.getByRole('button', { name: words.people.followOf('Bob') })).toBeVisible();
});

test('the password can be read out and typed', async ({ open }) => {
  const alice = await (await open()).ready();
  const dialog = await alice.share();
  await dialog.getByLabel(share.password.label).click();
  await dialog.getByRole('button', { name: share.password.show, exact: true }).click();
  const password = await dialog.getByRole('textbox', { name: share.password.password }).inputValue();
  const bob = await open('#shared');
  await bob.page.getByRole('textbox', { name: words.password.label }).fill(password);
  await bob.page.getByRole('button', { name: words.password.open }).click();
  await bob.ready();
});

test('a name as long as it may be leaves room for what one can do', async ({ open }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await bob.rename('W'.repeat(64));
  const panel = await alice.panel('people');
  const follow = alice.page.locator('.follow');
  await expect((await alice.people()).nth(1)).toHaveText('W'.repeat(64));
  const list = alice.page.locator('ul.people');
  const overflow = () => list.evaluate((it) => it.scrollWidth - it.clientWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);
  const box = (await follow.boundingBox())!;
  const around = (await panel.boundingBox())!;
  expect(box.x + box.width).toBeLessThanOrEqual(around.x + around.width);
  const cut = await follow.evaluate((it) => it.scrollWidth - it.clientWidth);
  expect(cut).toBeLessThanOrEqual(0);
});

test('regression: who comes in with a colour that somebody has is told so, though the screen comes after the news', async ({ open, server }) => {
  const origin = `http://127.0.0.1:${server.port}`;
  const dressed = (name: string) => {
    const localStorage = [{ name: 'kolabpad.identity', value: JSON.stringify({ name, hue: 120, isChosen: true }) }];
    return { storageState: { cookies: [], origins: [{ origin, localStorage }] } };
  };
  await (await open('#shared', dressed('Alice'))).ready();
  const bob = await open('#shared', { locale: 'de-DE', ...dressed('Bob') });
  await bob.page.route(/\/assets\/de-.*\.js$/, async (route) => {
    await bob.page.waitForTimeout(1_000); // the words of the screen are on their way that long
    await route.continue();
  });
  await bob.page.reload();
  await bob.tells(newsInGerman.recoloured);
});
