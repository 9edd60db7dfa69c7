// finding.spec.ts - the panel to find and replace: what it says, its keys, and its room at every width.
import { find as words } from '../../../frontend/src/strings/find_en.ts';
import { hasNoViolations } from '../axe.ts';
import { expect, test } from '../pad.ts';

test('matches are counted, faults are said, and the keys go from one to the next and back', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.paste('one two one (three');
  await pad.page.keyboard.press('Control+f');
  const panel = pad.page.getByRole('search', { name: words.label });
  const said = panel.getByRole('status');
  const field = panel.getByRole('textbox', { name: words.find });
  await expect(field).toBeFocused();
  await field.fill('one');
  await expect(said).toHaveText(words.matches(0, 2, true));
  await pad.page.keyboard.press('Enter');
  await expect(said).toHaveText('1 of 2');
  await pad.page.keyboard.press('F3');
  await expect(said).toHaveText('2 of 2');
  await pad.page.keyboard.press('Shift+Enter');
  await expect(said).toHaveText('1 of 2');
  await field.fill('four');
  await expect(said).toHaveText(words.none);
  await panel.getByRole('checkbox', { name: words.pattern }).check();
  await field.fill('(');
  await expect(said).toContainText('Pattern: ');
  await hasNoViolations(pad, 'the search');
  await pad.page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);
  await expect(pad.editor).toBeFocused();
  await pad.page.keyboard.press('Control+h');
  await expect(panel.getByRole('textbox', { name: words.replaceWith })).toBeFocused();
});

test('nothing in it lies over anything else at any width, and it is one row while nothing is replaced', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.paste('one two one');
  await pad.page.keyboard.press('Control+f');
  const panel = pad.page.locator('.cm-search');
  await panel.locator('[name=search]').fill('one');
  await expect(panel.locator('output')).toHaveText('2 matches');
  /** The pairs that lie over each other or beyond the panel, and the number of rows. */
  const look = () => panel.evaluate((it) => {
    const all = [...it.querySelectorAll<HTMLElement>('button, input:not([type=checkbox]), label, output')].filter((one) => one.offsetWidth > 0);
    const boxes = all.map((one) => ({ name: one.getAttribute('name') ?? one.textContent, at: one.getBoundingClientRect() }));
    const around = it.getBoundingClientRect();
    const over = boxes.flatMap(({ name, at }, i) => [
      ...(at.left < around.left - 1 || at.right > around.right + 1 ? [`${name} sticks out`] : []),
      ...boxes.slice(i + 1).filter(({ at: b }) => at.left < b.right - 1 && b.left < at.right - 1 && at.top < b.bottom - 1 && b.top < at.bottom - 1).map((b) => `${name} over ${b.name}`),
    ]);
    const middles = boxes.filter(({ name }) => name !== '2 matches').map(({ at }) => Math.round((at.top + at.bottom) / 20));
    return { over, rows: new Set(middles).size };
  });
  for (const isMore of [false, true]) {
    if (isMore) await panel.locator('[name=more]').click();
    for (const width of [320, 360, 400, 640, 700, 760, 860, 980, 1055, 1280, 1600]) {
      await pad.page.setViewportSize({ width, height: 700 });
      await expect.poll(async () => (await look()).over, { message: `at ${width}px` }).toEqual([]);
      if (!isMore) expect((await look()).rows, `rows at ${width}px`).toBe(1);
    }
  }
});

test('it finds and replaces in the selection alone', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.paste('one\none\none');
  await pad.page.keyboard.press('Control+Home');
  await pad.page.keyboard.press('Shift+ArrowDown');
  await pad.page.keyboard.press('Shift+ArrowDown');
  await pad.page.keyboard.press('Control+h');
  const panel = pad.page.locator('.cm-search');
  await panel.getByRole('checkbox', { name: words.inSelection }).check();
  await panel.getByRole('textbox', { name: words.find }).fill('one');
  await expect(panel.locator('output')).toHaveText(words.matches(0, 2, true));
  await panel.getByRole('textbox', { name: words.replaceWith }).fill('two');
  await panel.getByRole('button', { name: words.replaceAll }).click();
  await pad.shows('two\ntwo\none');
});
