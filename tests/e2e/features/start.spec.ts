// (9) The start: texts to begin with, recent pads, a new one.
import { hasNoViolations } from '../axe.ts';
import { expect, start, test, words } from '../pad.ts';
import { de } from '../../../frontend/src/strings/de.ts';
import { start as startInGerman } from '../../../frontend/src/strings/start_de.ts';
import { preview as previewText } from '../../../frontend/src/strings/preview_en.ts';

test('an empty pad offers texts to begin with, which are there for everybody, with their preview', async ({ open }) => {
  const [pad, bob] = [await (await open()).ready(), await (await open()).ready()];
  await hasNoViolations(pad);
  await pad.page.getByRole('button', { name: start.templates.minutes }).click();
  await bob.shows((await start.templatesText()).minutes.text);
  const preview = pad.page.getByRole('document', { name: previewText.heading });
  await expect(preview.getByRole('heading', { name: 'Minutes' })).toBeVisible();
  await expect(pad.page.getByRole('region', { name: start.label })).toHaveCount(0);
  await expect(pad.page).toHaveTitle(/Minutes/);
  await expect(bob.language).toHaveValue('Markdown');
});

test('a new pad shows the recent ones of this browser; one can be forgotten', async ({ open }) => {
  const pad = await (await open('#first')).ready();
  await pad.type('# A plan');
  await pad.saved();
  await pad.act('new');
  await expect.poll(() => new URL(pad.page.url()).hash).not.toBe('#first');
  const card = pad.page.getByRole('region', { name: start.label });
  const link = card.getByRole('link', { name: 'A plan' });
  await expect(link).toBeVisible();
  await link.click();
  await pad.shows('# A plan');
  await pad.page.goBack();
  await card.getByRole('button', { name: words.recent.forget('A plan') }).click();
  await expect(link).toHaveCount(0);
  await pad.page.reload();
  await pad.ready();
  await expect(link).toHaveCount(0);
});

test('regression: a recent pad with a password opens without being asked for it', async ({ open }) => {
  const pad = await (await open('#secret')).ready();
  await pad.type('# A secret');
  await pad.saved();
  await pad.protect();
  await expect.poll(() => new URL(pad.page.url()).hash).toMatch(/^#secret&otp=[A-Za-z0-9][\w-]{10}[A-Za-z0-9]$/);
  const address = pad.page.url();
  await pad.act('new');
  const card = pad.page.getByRole('region', { name: start.label });
  await card.getByRole('link', { name: 'A secret' }).click();
  await pad.shows('# A secret');
  expect(pad.page.url()).toBe(address);
  // Forgotten, it asks again.
  await pad.act('new');
  await card.getByRole('button', { name: words.recent.forget('A secret') }).click();
  await pad.page.goto(address.replace(/&otp=.*/, ''));
  await expect(pad.page.getByRole('dialog', { name: words.password.heading })).toBeVisible();
});

test('the title of a recent pad, however long, leaves the button to forget it in view', async ({ open }) => {
  const pad = await (await open('#first')).ready();
  await pad.type('A title that goes on and on '.repeat(4));
  await pad.saved();
  await pad.act('new');
  const card = pad.page.getByRole('region', { name: start.label });
  await expect(card.getByRole('link', { name: 'A title' })).toBeVisible();
  expect(await card.evaluate((it) => it.scrollWidth - it.clientWidth)).toBeLessThanOrEqual(0);
});

for (const [screen, viewport] of Object.entries({ desk: { width: 1280, height: 800 }, phone: { width: 400, height: 840 } })) {
  test(`on a ${screen} the first sentence is painted before there is any code, and stays where it is`, async ({ browser, server }) => {
    const page = await (await browser.newContext({ viewport, locale: 'de' })).newPage();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route(/\/assets\/(?!before_paint)[^/]*\.js$/, (route) => released.then(() => route.continue()));
    const whole = page.goto(`http://127.0.0.1:${server.port}/#new`);
    const sentence = page.locator('.start > .hint:visible');
    await expect(sentence).toHaveText(de.start.explain);
    await expect(page.getByRole('banner')).toBeVisible();
    const first = await sentence.boundingBox();
    release();
    await whole;
    await expect(page.getByRole('region', { name: startInGerman.label })).toBeVisible();
    await expect(sentence).toHaveText(de.start.explain);
    expect(await sentence.boundingBox()).toEqual(first);
    await page.context().close();
  });
}

test('in a frame of another page nothing stands above the text, before there is any code either', async ({ browser, server }) => {
  const page = await (await browser.newContext()).newPage();
  await page.route(/\/assets\/(?!before_paint)[^/]*\.js$/, () => {}); // it does not come
  await page.goto(`http://127.0.0.1:${server.port}/?embed=1#new`, { waitUntil: 'commit' });
  await expect(page.locator('.start > .hint:visible')).toHaveText(words.start.explain);
  await expect(page.getByRole('banner')).toHaveCount(0);
  expect(await page.locator('main').boundingBox()).toEqual({ x: 0, y: 0, ...page.viewportSize() });
  await page.context().close();
});

test('a language is suggested to whoever pastes a program, and to nobody else', async ({ open }) => {
  const [pad, bob] = [await (await open()).ready(), await (await open()).ready()];
  await pad.paste('import os\n\ndef total(prices):\n    for price in prices:\n        print(price)\n');
  const suggestion = pad.page.locator('.toast').filter({ hasText: words.language.looksLike('Python') });
  await suggestion.getByRole('button', { name: words.language.use }).click();
  await expect(bob.language).toHaveValue('Python');
  await expect(suggestion).toHaveCount(0);
  await expect(bob.page.locator('.toast').filter({ hasText: words.language.looksLike('Python') })).toHaveCount(0);
});
