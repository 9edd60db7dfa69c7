// A task that is done runs as its words do.
import { expect, test } from '../pad.ts';

test('a task in Hebrew or Arabic runs from right to left, done or not; one in English from left to right', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.choose('Markdown');
  await pad.paste(['- [ ] שלום', '- [x] שלום', '  * [X] שלום', '> 1. [x] مرحبا', '- [ ] hello', '- [x] hello', '- [x]', ''].join('\n'));
  const sides = () =>
    pad.editor.evaluate((content) =>
      Array.from(content.querySelectorAll('.cm-line'), (line) => {
        if (line.textContent === '') return '';
        const range = document.createRange();
        range.selectNodeContents(line);
        const [outer, inner] = [line.getBoundingClientRect(), range.getBoundingClientRect()];
        return inner.left - outer.left > outer.right - inner.right ? 'right' : 'left';
      }),
    );
  const expected = ['right', 'right', 'right', 'right', 'left', 'left', 'left', ''];
  await expect.poll(sides).toEqual(expected);

  // The same after it is ticked off by hand.
  await pad.editor.focus();
  await pad.page.keyboard.press('Control+Home');
  for (let i = 0; i < 3; i++) await pad.page.keyboard.press('ArrowRight');
  await pad.page.keyboard.press('Delete');
  await pad.page.keyboard.type('x');
  await expect(pad.editor.locator('.cm-line').first()).toHaveText('- [x] שלום');
  await expect.poll(sides).toEqual(expected);
});
