// Everything that can be done, by typing: the palette, and the keys to the parts of the page.
import type { Locator, Page } from '@playwright/test';
import { actions as text } from '../../../frontend/src/strings/actions_en.ts';
import { hasNoViolations } from '../axe.ts';
import { expect, test, words } from '../pad.ts';

function fieldOf(page: Page): Locator {
  return page.getByRole('combobox', { name: text.palette.label });
}

test('an action is found by a few letters, done, and the keyboard is back in the text', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.type('one\ntwo');
  // Its code comes by itself, behind the page's, so that what is typed right behind the key is for it and not for the text.
  const isThere = () => performance.getEntriesByType('resource').some(({ name }) => /\/palette-[^/]*\.js$/.test(name));
  await pad.page.waitForFunction(isThere);
  await pad.page.keyboard.press('F1');
  await pad.close(pad.page.locator('dialog.palette'));
  await pad.page.keyboard.press('Control+k');
  await pad.page.keyboard.type('lines wrap');
  await expect(fieldOf(pad.page)).toHaveValue('lines wrap');
  const wrap = pad.page.getByRole('option', { name: text.names.wrap });
  await expect(wrap).toHaveAttribute('aria-selected', 'true');
  await expect(wrap).toHaveAttribute('aria-checked', 'true');
  await pad.page.keyboard.press('Enter');
  await expect(fieldOf(pad.page)).toBeHidden();
  await expect(pad.editor).not.toHaveClass(/cm-lineWrapping/);
  await expect(pad.editor).toBeFocused();
  await pad.page.keyboard.type('!');
  await pad.shows('one\ntwo!');
});

test('Escape leaves it, the same key closes it, and the arrows go round', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.editor.focus();
  await pad.page.keyboard.press('F1');
  await expect(fieldOf(pad.page)).toBeFocused();
  await hasNoViolations(pad, 'the palette');
  await pad.page.keyboard.press('ArrowUp');
  await expect(pad.page.getByRole('option').last()).toHaveAttribute('aria-selected', 'true');
  await pad.page.keyboard.press('Escape');
  await expect(fieldOf(pad.page)).toBeHidden();
  await expect(pad.editor).toBeFocused();
  await pad.page.keyboard.press('F1');
  await pad.page.keyboard.press('F1');
  await expect(fieldOf(pad.page)).toBeHidden();
  await pad.shows('');
});

test('it knows the headings of the text, its languages, the people and the pads of before', async ({ open }) => {
  const pad = await (await open('#before')).ready();
  await pad.type('# Minutes');
  await pad.saved();
  await expect(pad.page).toHaveTitle(/Minutes/);
  await pad.page.evaluate(() => void (location.hash = '#now'));
  await expect(pad.page).toHaveTitle(/^now/);
  await pad.ready();
  const run = async (query: string, option: string) => {
    await pad.page.keyboard.press('F1');
    await fieldOf(pad.page).fill(query);
    await pad.page.getByRole('option', { name: option }).first().click();
    await expect(fieldOf(pad.page)).toBeHidden();
  };
  await run('mark', 'Markdown');
  await pad.paste('# One\n\n' + 'text\n'.repeat(200) + '## The end\n');
  await run('end the', 'The end');
  await pad.page.keyboard.type('here ');
  await expect(pad.page.getByText('here ## The end')).toBeVisible();
  await run('minut', 'Minutes');
  await expect(pad.page).toHaveURL(/#before$/);
});

test('with a selection in Markdown, Ctrl+K makes a link; without one, and elsewhere, it is the palette', async ({ open }) => {
  const pad = await (await open('?language=markdown#link')).ready();
  await pad.type('word');
  await pad.page.keyboard.press('Control+a');
  await expect(async () => {
    await pad.page.keyboard.press('Control+k'); // its code comes with the language
    expect(await pad.text()).toContain('[word]()');
  }).toPass({ intervals: [500] });
  await pad.page.keyboard.press('End');
  await pad.page.keyboard.press('Control+k');
  await expect(fieldOf(pad.page)).toBeFocused();
});

test('F6 goes through the parts of the page, and the first Tab stop leads to the text', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.panel('people');
  const within = (selector: string) => pad.page.locator(`${selector}:focus, ${selector} :focus`);
  await pad.editor.focus();
  for (const part of ['.panel', '.rail', '.status-bar']) {
    await pad.page.keyboard.press('F6');
    await expect(within(part)).toHaveCount(1);
  }
  for (const part of ['.rail', '.panel', '.cm-content', '.header']) {
    await pad.page.keyboard.press('Shift+F6');
    await expect(within(part)).toHaveCount(1);
  }
  // From the top of the page: few stops before the text, and the first of them leads there.
  await pad.page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await pad.page.keyboard.press('Tab');
  const skip = pad.page.getByRole('button', { name: words.skip });
  await skip.focus();
  await expect(skip).toBeInViewport();
  await pad.page.keyboard.press('Enter');
  await expect(pad.editor).toBeFocused();
  const before = await pad.page.evaluate(() => {
    const content = document.querySelector('.cm-content')!;
    const all = [...document.querySelectorAll<HTMLElement>('button, input, select, a[href], [tabindex]')];
    return all.filter((it) => it.tabIndex >= 0 && it.checkVisibility() && it.compareDocumentPosition(content) & Node.DOCUMENT_POSITION_FOLLOWING).length;
  });
  expect(before).toBeLessThanOrEqual(6);
});
