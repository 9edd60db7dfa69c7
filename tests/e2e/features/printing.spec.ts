// printing.spec.ts - what the browser makes of a pad on paper.
import { expect, test } from '../pad.ts';

/** The pages of a PDF as Chromium writes it. */
const pagesOf = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;

test('regression: all of a long text is printed, without what stands around it', async ({ open }) => {
  const lines = Array.from({ length: 2_000 }, (_, n) => `def f${n}(): return "${n}"`);
  const alice = await (await open()).ready();
  await alice.paste(lines.join('\n'));
  await alice.saved();
  await alice.choose('Python');
  await alice.page.waitForLoadState('networkidle');
  await alice.page.evaluate(() => addEventListener('beforeprint', () => {
    const rows = document.querySelectorAll('.printed-lines > div');
    document.title = `${rows.length} ${rows[rows.length - 1]?.textContent}`;
  }));
  const pdf = await alice.page.pdf({ format: 'A4' });
  await expect(alice.page).toHaveTitle(`2000 ${lines[1999]}`);
  expect(pagesOf(pdf)).toBeGreaterThan(20);
  await expect(alice.page.locator('.printed')).toHaveCount(0);
});
