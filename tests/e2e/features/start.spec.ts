// (9) The start: a sample, recent pads, a new one.
import { hasNoViolations } from '../axe.ts';
import { expect, test, words } from '../pad.ts';

test('an empty pad offers a sample, which is there for everybody, with its preview', async ({ open }) => {
  const [pad, bob] = [await (await open()).ready(), await (await open()).ready()];
  await hasNoViolations(pad);
  await pad.page.getByRole('button', { name: words.start.sample }).click();
  await bob.shows(await words.start.sampleText());
  await expect(pad.page.getByRole('document', { name: words.preview.heading }).getByRole('table')).toBeVisible();
  await expect(pad.page.getByRole('button', { name: words.start.sample })).toHaveCount(0);
  await expect(pad.page).toHaveTitle(/Notes for Thursday/);
  await expect(bob.language).toHaveValue('Markdown');
});

test('a new pad shows the recent ones of this browser; one can be forgotten', async ({ open }) => {
  const pad = await (await open('#first')).ready();
  await pad.type('# A plan');
  await pad.saved();
  await pad.act('new');
  await expect.poll(() => new URL(pad.page.url()).hash).not.toBe('#first');
  const start = pad.page.getByRole('region', { name: words.start.label });
  const link = start.getByRole('link', { name: 'A plan' });
  await expect(link).toBeVisible();
  await link.click();
  await pad.shows('# A plan');
  await pad.page.goBack();
  await start.getByRole('button', { name: words.recent.forget('A plan') }).click();
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
  const start = pad.page.getByRole('region', { name: words.start.label });
  await start.getByRole('link', { name: 'A secret' }).click();
  await pad.shows('# A secret');
  expect(pad.page.url()).toBe(address);
  // Forgotten, it asks again.
  await pad.act('new');
  await start.getByRole('button', { name: words.recent.forget('A secret') }).click();
  await pad.page.goto(address.replace(/&otp=.*/, ''));
  await expect(pad.page.getByRole('dialog', { name: words.password.heading })).toBeVisible();
});

test('the title of a recent pad, however long, leaves the button to forget it in view', async ({ open }) => {
  const pad = await (await open('#first')).ready();
  await pad.type('A title that goes on and on '.repeat(4));
  await pad.saved();
  await pad.act('new');
  const start = pad.page.getByRole('region', { name: words.start.label });
  await expect(start.getByRole('link', { name: 'A title' })).toBeVisible();
  expect(await start.evaluate((it) => it.scrollWidth - it.clientWidth)).toBeLessThanOrEqual(0);
});
