// finding.spec.ts - the search says what it found, and nothing in its panel lies over anything else.
import { expect, test } from '../pad.ts';

test('regression: matches are counted, faults are said, Ctrl+H goes to the replacement, and the cross is free', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.paste('one two one (three');
  await pad.page.keyboard.press('Control+f');
  const panel = pad.page.locator('.cm-search');
  const said = panel.locator('output');
  // CodeMirror hears keys, not what is put in without them.
  const seek = async (text: string) => {
    await panel.locator('[name=search]').fill('');
    await panel.locator('[name=search]').pressSequentially(text);
  };
  await seek('one');
  await expect(said).toHaveText('2 matches');
  await pad.page.keyboard.press('Enter');
  await expect(said).toHaveText('1 of 2');
  await seek('four');
  await expect(said).toHaveText('No match');
  await panel.locator('[name=re]').check();
  await seek('(');
  await expect(said).toContainText('Pattern: ');
  for (const width of [360, 860, 980, 1055, 1180, 1280]) {
    await pad.page.setViewportSize({ width, height: 700 });
    const cross = panel.locator('[name=close]');
    const isFree = () => cross.evaluate((it) => {
      const { left, top, right, bottom } = it.getBoundingClientRect();
      const others = [...it.parentElement!.children].filter((other) => other !== it).map((other) => other.getBoundingClientRect());
      return others.every((other) => other.width === 0 || other.right <= left || other.left >= right || other.bottom <= top || other.top >= bottom);
    });
    await expect.poll(isFree, { message: `at ${width}px` }).toBe(true);
  }
  await pad.page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);
  await pad.editor.focus();
  await pad.page.keyboard.press('Control+h');
  await expect(panel.locator('input[name=replace]')).toBeFocused();
});
