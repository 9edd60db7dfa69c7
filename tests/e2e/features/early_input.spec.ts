// On a slow line the text is there before the code that hears keys and takes files: what is pressed and dropped meanwhile is kept.
import type { Locator } from '@playwright/test';
import { actions, expect, frame, test, words } from '../pad.ts';
import type { Pad } from '../pad.ts';
import { find } from '../../../frontend/src/strings/find_en.ts';

test.use({ settings: { IMAGES: 'on' } });

/** A window whose text is there, and nothing that comes behind it before that is released. */
async function openEarly(open: (hash?: string) => Promise<Pad>, hash = '#shared'): Promise<{ pad: Pad; release: () => void }> {
  const pad = await open(hash);
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await pad.page.route(/\/assets\/(behind|deferred_extensions|palette|pad_comments)-.*\.js/, async (route) => (await held, route.continue()));
  await pad.page.reload();
  await pad.saved();
  await expect(pad.editor).toBeFocused();
  return { pad, release };
}

const KEYS: [string, (pad: Pad) => Locator][] = [
  ['Control+f', ({ page }) => page.getByRole('textbox', { name: find.find })],
  ['F3', ({ page }) => page.getByRole('textbox', { name: find.find })],
  ['Control+h', ({ page }) => page.getByRole('textbox', { name: find.replace })],
  ['F1', ({ page }) => page.getByRole('dialog', { name: actions.palette.label })],
  ['Control+k', ({ page }) => page.getByRole('dialog', { name: actions.palette.label })],
  ['Control+Shift+h', ({ page }) => page.getByRole('complementary', { name: frame.panels.history })],
  ['Control+Alt+m', ({ page }) => page.getByRole('complementary', { name: frame.panels.comments })],
  ['Alt+g', ({ page }) => page.locator('.cm-panel input')],
];

test('a key is heard when the code has come, and by nobody else before', async ({ open }) => {
  for (const [key, opens] of KEYS) {
    const { pad, release } = await openEarly(open);
    await pad.page.keyboard.type('words ');
    await pad.page.keyboard.press(key);
    await expect(opens(pad)).toHaveCount(0);
    release();
    await expect(opens(pad), key).toBeVisible();
    await pad.page.close();
  }
});

test('a key is forgotten by who goes on with something else', async ({ open }) => {
  const { pad, release } = await openEarly(open);
  await pad.page.keyboard.press('Control+f');
  await pad.page.keyboard.type('typed');
  release();
  await pad.complete();
  await pad.page.keyboard.type(' on');
  await pad.shows('typed on');
  await expect(pad.page.locator('.cm-search')).toHaveCount(0);
});

/** Gives files to the page by an event at that element; true: the browser leaves them to the page. */
function give(pad: Pad, kind: 'drop' | 'paste', selector: string, name: string, type: string): Promise<boolean> {
  return pad.page.evaluate(
    async ({ kind, selector, name, type }) => {
      const data = new DataTransfer();
      const image = await new OffscreenCanvas(4, 4).getContext('2d')!.canvas.convertToBlob({ type: 'image/png' });
      data.items.add(new File([type === 'image/png' ? image : 'from a file'], name, { type }));
      const init = { bubbles: true, cancelable: true };
      const event = kind === 'drop' ? new DragEvent('drop', { ...init, dataTransfer: data }) : new ClipboardEvent('paste', { ...init, clipboardData: data });
      return !document.querySelector(selector)!.dispatchEvent(event);
    },
    { kind, selector, name, type },
  );
}

test('files that are dropped, and images that are pasted, are taken when the code has come', async ({ open }) => {
  for (const selector of ['body', '.cm-content']) {
    const { pad, release } = await openEarly(open, `#dropped-on-${selector.slice(-4)}`);
    expect(await give(pad, 'drop', selector, 'notes.txt', 'text/plain')).toBe(true);
    await pad.shows('');
    release();
    await pad.shows('from a file');
    await pad.page.close();
  }
  const { pad, release } = await openEarly(open, '#pasted');
  await pad.page.keyboard.type('before ');
  expect(await give(pad, 'paste', '.cm-content', 'image.png', 'image/png')).toBe(true);
  await pad.page.keyboard.type('after ');
  release();
  await expect.poll(() => pad.text()).toMatch(/^before after http:.*\/image\/[\w-]{22}$/);
  expect(await pad.told()).not.toContain(words.editor.nothingIn.paste);
});
