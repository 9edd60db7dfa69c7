// (10) What the address may ask for, and (12) what the server may.
import { expect, start, test, words } from '../pad.ts';

test('embedded: the text, its state and a way out; theme, language and name for this visit', async ({ open }) => {
  const bob = await (await open()).ready();
  const pad = await open('?embed=1&theme=dark&language=python&name=Guest#shared', { colorScheme: 'light' });
  await pad.ready();
  await expect(pad.page.getByRole('banner')).toHaveCount(0);
  await expect(pad.page.getByRole('button', { name: start.templates.minutes })).toHaveCount(0);
  await expect(pad.page.getByRole('link', { name: words.embed.open })).toHaveAttribute('href', /\/#shared$/);
  await expect(pad.page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(bob.language).toHaveValue('Python');
  await expect((await bob.people()).filter({ hasText: 'Guest' })).toBeVisible();
  expect(new URL(pad.page.url()).search).toContain('embed=1');
  expect(await pad.page.evaluate(() => document.activeElement === document.body), 'the page around keeps the keyboard').toBe(true);
  await pad.type('x = 1');
  await bob.shows('x = 1');
  expect(await pad.page.evaluate(() => localStorage.getItem('kolabpad.identity'))).toBeNull();

  // a language that is there already is not changed
  await bob.choose('Rust');
  const late = await (await open('?language=python#shared')).ready();
  await expect(late.language).toHaveValue('Rust');
});

for (const [level, isTold] of [['debug', true], ['none', false]] as const) {
  test.describe(`FRONTEND_LOG_LEVEL=${level}`, () => {
    test.use({ settings: { FRONTEND_LOG_LEVEL: level } });
    test(isTold ? 'is told in the console' : 'says nothing, whatever happens', async ({ open, server }) => {
      const pad = await open();
      const said: string[] = [];
      pad.page.on('console', (message) => said.push(message.text()));
      const config = pad.page.waitForResponse(/api\/config$/);
      await pad.page.reload();
      await config;
      await pad.ready();
      await server.restart();
      await pad.ready();
      const ours = said.filter((text) => text.includes('[kolabpad]'));
      if (isTold) expect(ours.join('\n')).toContain('connection down');
      else expect(ours).toEqual([]);
    });
  });
}
