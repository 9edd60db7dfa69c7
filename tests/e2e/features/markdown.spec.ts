// (8) A Markdown pad as it reads, beside its text.
import AxeBuilder from '@axe-core/playwright';
import { devices } from '@playwright/test';
import { expect, test, words } from '../pad.ts';
import type { Pad } from '../pad.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
const TEXT = '# Title\n\n- [x] done\n\n[safe](https://example.org) [bad](javascript:alert(1))\n\n<img src=x onerror="document.title=1">\n\n![cat](https://pics.example/cat.png)\n';

async function withPreview(pad: Pad): Promise<ReturnType<Pad['page']['getByRole']>> {
  await pad.choose('Markdown');
  await pad.page.getByRole('switch', { name: words.preview.show }).click();
  return pad.page.getByRole('document', { name: words.preview.heading });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a preview: safe, without a request to anybody, and usable by everyone (${colorScheme})`, async ({ open }) => {
    const [alice, bob] = [await (await open('#shared', { colorScheme })).ready(), await (await open()).ready()];
    await alice.paste(TEXT);
    const preview = await withPreview(alice);
    await expect(preview.getByRole('heading', { name: 'Title' })).toBeVisible();
    await expect(preview).toContainText('☑ done');
    const link = preview.getByRole('link', { name: 'safe' });
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer');
    await expect(link).toHaveAttribute('href', 'https://example.org/');
    await expect(preview.getByRole('link', { name: 'bad' })).toHaveCount(0);
    await expect(preview.locator('img')).toHaveCount(0);
    await expect(preview).toContainText('<img src=x');
    await expect(alice.page.getByText(words.preview.held(1))).toBeVisible();
    await expect(preview.getByRole('link', { name: words.preview.image('cat', 'pics.example') })).toBeVisible();

    await bob.shows(TEXT);
    await bob.paste('\n## From Bob\n');
    await expect(preview.getByRole('heading', { name: 'From Bob' })).toBeVisible();
    const { violations } = await new AxeBuilder({ page: alice.page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  });
}

test('it is only there for Markdown, is remembered, and can be closed', async ({ open }) => {
  const pad = await (await open()).ready();
  await expect(pad.page.getByRole('switch', { name: words.preview.show })).toHaveCount(0);
  const preview = await withPreview(pad);
  await expect(preview).toBeVisible();
  await pad.page.reload();
  await pad.ready();
  await expect(preview).toBeVisible();
  await pad.choose('Python');
  await expect(preview).toHaveCount(0);
  await pad.choose('Markdown');
  await pad.page.getByRole('button', { name: words.preview.hide }).click();
  await expect(preview).toHaveCount(0);
  await expect(pad.editor).toBeFocused();
});

test('on a phone it stands below the text, and nothing is too wide', async ({ open }) => {
  const pad = await (await open('#shared', pixel)).ready();
  await pad.paste(TEXT + '\n| a | b |\n|---|---|\n| ' + 'wide '.repeat(60) + ' | x |\n');
  await pad.page.getByRole('button', { name: words.menu }).tap();
  const preview = await withPreview(pad);
  await pad.page.getByRole('button', { name: words.closeMenu }).tap();
  const [text, shown] = [await pad.editor.boundingBox(), await preview.boundingBox()];
  expect(shown!.y).toBeGreaterThan(text!.y);
  expect(await pad.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});
