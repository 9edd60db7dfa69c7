// outline.spec.ts - the panel with the headings of Markdown and the symbols of code.
import { frame } from '../../../frontend/src/strings/frame_en.ts';
import { outline as words } from '../../../frontend/src/strings/outline_en.ts';
import { hasNoViolations } from '../axe.ts';
import { expect, test } from '../pad.ts';

test('the outline follows the text, marks where the caret is, and leads there', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.choose('Markdown');
  await pad.page.getByRole('button', { name: frame.panels.outline }).click();
  const panel = pad.page.locator('#panel');
  await expect(panel).toContainText(words.noHeadings);
  await pad.editor.focus();
  await pad.paste(Array.from({ length: 12 }, (_, i) => `## Part ${i}\n\nwords\n`).join('\n'));
  const entries = panel.getByRole('listitem').getByRole('button');
  await expect(entries).toHaveCount(12);
  await expect(panel.locator('[aria-current]')).toHaveText('Part 11');
  await panel.getByRole('searchbox').fill('part 1');
  await expect(entries).toHaveCount(3);
  await pad.page.keyboard.press('Tab');
  await pad.page.keyboard.press('ArrowDown');
  await hasNoViolations(pad, 'the outline');
  await pad.page.keyboard.press('Enter');
  await expect(pad.editor).toBeFocused();
  await expect(panel.locator('[aria-current]')).toHaveText('Part 10');
  await pad.choose('Python');
  await expect(panel).toContainText(words.noSymbols);
  await pad.editor.focus();
  await pad.page.keyboard.press('Control+a');
  await pad.paste('class A:\n    def method(self):\n        pass\n');
  await expect(entries).toHaveText(['A', 'method']);
});
