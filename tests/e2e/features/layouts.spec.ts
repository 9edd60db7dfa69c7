// What the keys do is the same on each keyboard: with Caps Lock, where the layout has no Latin letters, and while an input
// method has them. The keys are those that Chromium reports there.
import type { CDPSession } from '@playwright/test';
import { expect, frame, test } from '../pad.ts';
import type { Pad } from '../pad.ts';

const SHIFT = 8;
const CTRL = 2;
const ALT = 1;

interface Pressed {
  key: string;
  letter: string;
  modifiers: number;
}

async function press(chromium: CDPSession, { key, letter, modifiers }: Pressed): Promise<void> {
  const code = letter.charCodeAt(0);
  const event = { key, code: `Key${letter}`, modifiers, windowsVirtualKeyCode: key === 'Process' ? 229 : code };
  await chromium.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...event });
  await chromium.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
}

type Deed = 'comments' | 'deleted a line' | 'found' | 'history' | 'moved nothing' | 'palette' | 'redone' | 'replaces' | 'undone';

/** Which of all that is seen. */
async function seen(pad: Pad): Promise<Deed> {
  const { page } = pad;
  if (await page.locator('dialog.palette').isVisible()) return 'palette';
  if (await page.getByRole('complementary', { name: frame.panels.history, exact: true }).isVisible()) return 'history';
  if (await page.locator('.composer').isVisible()) return 'comments';
  if (await page.locator('.cm-search[data-more]').isVisible()) return 'replaces';
  if (await page.locator('.cm-search').isVisible()) return 'found';
  const shown = await pad.text();
  if (shown === 'one\ntwothree') return 'redone';
  if (shown === 'one') return 'deleted a line';
  return shown === 'one\n' ? 'undone' : 'moved nothing';
}

/** Each with all that it is on other keyboards; the first one is the usual. */
const TABLE: readonly (readonly [Deed, string, number, readonly string[]])[] = [
  ['found', 'F', CTRL, ['f', 'F', 'а', 'φ', 'כ', 'ب']],
  ['replaces', 'H', CTRL, ['h', 'H', 'р', 'η', 'י']],
  ['history', 'H', CTRL | SHIFT, ['H', 'h', 'Р', 'Η', 'р']],
  ['palette', 'K', CTRL, ['k', 'K', 'л', 'κ', 'ל']],
  ['deleted a line', 'K', CTRL | SHIFT, ['K', 'k', 'Л', 'л']],
  ['undone', 'Z', CTRL, ['z', 'Z', 'я', 'ζ', 'ז']],
  ['redone', 'Z', CTRL | SHIFT, ['Z', 'z', 'Я', 'я']],
  ['moved nothing', 'H', CTRL | SHIFT, ['Process']],
  ['moved nothing', 'K', CTRL, ['Process']],
  ['moved nothing', 'F', CTRL, ['Process']],
  ['moved nothing', 'M', CTRL | ALT, ['Process']],
  // Without Shift it comments nothing out, nor with Caps Lock.
  ['moved nothing', 'A', ALT, ['a', 'A', 'ф']],
  // The last one, since its panel stays.
  ['comments', 'M', CTRL | ALT, ['m', 'M', 'ь', 'μ']],
];

const NAMES = [[CTRL, 'Ctrl'], [ALT, 'Alt'], [SHIFT, 'Shift']] as const;

test('keys do the same with Caps Lock and on each layout, and nothing while an input method has them', async ({ open }) => {
  const pad = await (await open('#keyboard')).ready();
  const { page } = pad;
  const chromium = await page.context().newCDPSession(page);
  await page.waitForLoadState('networkidle'); // what answers them comes after the page
  const put = async (isUndone: boolean) => {
    await pad.editor.focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('one\n');
    for (const key of ['ArrowLeft', 'ArrowRight']) await page.keyboard.press(key); // what comes now is a step to undo of its own
    await page.keyboard.insertText('twothree');
    if (isUndone) await page.keyboard.press('Control+z');
    await pad.shows(isUndone ? 'one\n' : 'one\ntwothree');
  };
  for (const [deed, letter, modifiers, keys] of TABLE) {
    const held = NAMES.filter(([bit]) => modifiers & bit).map(([, name]) => name);
    for (const key of keys) {
      const name = `${[...held, letter].join('+')} as ${key}`;
      await put(deed === 'redone');
      await press(chromium, { key, letter, modifiers });
      if (deed === 'moved nothing') {
        await page.keyboard.insertText('!'); // by then the key has done what it does
        await pad.shows('one\ntwothree!');
        expect(await pad.page.locator('dialog, .panel, .cm-search, .composer').count(), name).toBe(0);
      } else {
        await expect.poll(() => seen(pad), { message: name, intervals: [50] }).toBe(deed);
      }
      await page.keyboard.press('Escape');
      await expect(page.locator(`dialog, .composer, .cm-search${deed === 'comments' ? '' : ', .panel'}`), name).toHaveCount(0);
    }
  }
});
