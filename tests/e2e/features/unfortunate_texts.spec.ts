// (86) Texts that are unfortunate for parsers and for layout: a key is shown, and nobody's page stands still.
import { unfortunateTexts } from '../../../frontend/src/testing/unfortunate_texts.mjs';
import { expect, test, words } from '../pad.ts';
import type { Pad } from '../pad.ts';
import { preview as previewText } from '../../../frontend/src/strings/preview_en.ts';

/** Ten times what a key may take. Without bounds each of these takes longer. */
const KEY_MS = 500;
/** So many times what a key takes in an ordinary text is enough where the machine is too slow for that. */
const TIMES_ORDINARY = 10;

type Open = (hash?: string) => Promise<Pad>;
type Seen = { keys: number[] };
/** As much as is needed of CodeMirror, as EditorView.findFromDOM finds it. */
type CodeMirror = { cmTile: { root: { view: { focus(): void; state: { doc: { length: number } }; dispatch(spec: object): void } } } };

/** Notes how long each key takes until it is shown. */
function watch(): void {
  const seen: Seen = { keys: [] };
  (globalThis as unknown as { seen: Seen }).seen = seen;
  addEventListener(
    'keydown',
    ({ timeStamp }) => requestAnimationFrame(() => setTimeout(() => seen.keys.push(performance.now() - timeStamp))),
    true,
  );
}

/** Opens such a text: one who pastes it, in a pad of that language. */
async function opened(open: Open, language: string | null, text: string, hash?: string): Promise<Pad> {
  const pad = await (await open(hash)).ready();
  if (language) await pad.choose(language);
  await pad.paste(text);
  await pad.saved();
  return pad;
}

/** Puts the caret there, and into view. */
function goTo(pad: Pad, share: number): Promise<void> {
  return pad.editor.evaluate((content, share) => {
    const { view } = (content as unknown as CodeMirror).cmTile.root;
    view.focus();
    view.dispatch({ selection: { anchor: Math.floor(view.state.doc.length * share) }, scrollIntoView: true });
  }, share);
}

function length(pad: Pad): Promise<number> {
  return pad.editor.evaluate((content) => (content as unknown as CodeMirror).cmTile.root.view.state.doc.length);
}

/** The median of the time that a key takes, in the middle of the text. */
async function keyMs(pad: Pad): Promise<number> {
  await pad.page.evaluate(watch);
  await goTo(pad, 0.5);
  for (let i = 0; i < 5; i++) await pad.page.keyboard.press('x', { delay: 20 });
  await pad.page.waitForFunction(() => (globalThis as unknown as { seen: Seen }).seen.keys.length === 5);
  const keys = await pad.page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen.keys);
  return keys.sort((a, b) => a - b)[2]!;
}

/** A key is shown soon: in one of a few tries, since others may need the machine meanwhile. */
async function showsKeysSoon(open: Open, language: string | null, pad: Pad): Promise<void> {
  const tries: number[] = [];
  while (tries.length < 3) {
    tries.push(await keyMs(pad));
    if (tries.at(-1)! < KEY_MS) return;
  }
  const ordinary = await opened(open, language, 'words and more words\n'.repeat(20), '#ordinary');
  expect(Math.min(...tries), `${tries.join(', ')} ms`).toBeLessThan(TIMES_ORDINARY * (await keyMs(ordinary)));
}

for (const [language, name, units] of [
  ['JSON', 'one line: json', 20_000],
  ['Markdown', 'long lines of "[]("', 100_000],
  [null, 'one line: isolates', 50_000],
  [null, 'one line: combining', 100_000],
] as const) {
  test(`typing in ${name} (${language ?? 'plain text'})`, async ({ open }) => {
    const text = unfortunateTexts[name]!(units);
    await showsKeysSoon(open, language, await opened(open, language, text));
  });
}

test('typing beside a preview of 20,000 equal blocks, which follows', async ({ open }) => {
  const pad = await opened(open, 'Markdown', '# h\n\n'.repeat(20_000));
  await pad.showPreview();
  const preview = pad.page.getByRole('document', { name: previewText.heading });
  const all = { timeout: 180_000 }; // it is shown little by little, and only typing is never held up
  await expect(preview.locator('h1')).toHaveCount(20_000, all);
  await showsKeysSoon(open, 'Markdown', pad);
  await expect(preview.locator('p, h1').filter({ hasText: 'xxxxx' })).toHaveCount(1, all);
});

test('a line that has too many colours says why it has none, and has them when it is shorter', async ({ open }) => {
  const pad = await opened(open, 'JSON', `${unfortunateTexts['one line: json']!(12_000)}\n[1, "two"]`);
  const line = pad.editor.locator('.cm-line').first();
  await expect(line).toHaveAttribute('title', words.editor.uncoloured);
  await expect(line.locator('span')).toHaveCount(0);
  await expect(pad.editor.locator('.cm-line').last().locator('span')).not.toHaveCount(0);
  await pad.editor.focus();
  await pad.page.keyboard.press('Control+A');
  await pad.page.keyboard.press('Delete');
  await pad.page.keyboard.type('[2, "three"]');
  await expect(line).not.toHaveAttribute('title');
  await expect(line.locator('span', { hasText: '"three"' })).toBeVisible();
});

test('invisible characters stay where they are when somebody types out of view', async ({ open }) => {
  const line = (i: number) => `soft\u00AD hyphen ${i}`;
  const pad = await opened(open, null, Array.from({ length: 1_000 }, (_, i) => line(i)).join('\n'));
  const other = await (await open()).ready();
  await goTo(pad, 0.5);
  await expect(pad.editor).toContainText('soft• hyphen 500');
  await goTo(other, 0);
  await other.page.keyboard.type('abcdefgh');
  await other.saved();
  await goTo(other, 0.4);
  await other.page.keyboard.type('one more');
  await pad.saved();
  await expect.poll(() => length(pad)).toBe(await length(other));
  const lines = (await pad.text()).split('\n').filter((text) => text !== '');
  expect(lines.length).toBeGreaterThan(20);
  for (const text of lines) expect(text).toMatch(/^soft• hyphen \d+$/);
  expect(pad.complaints).toEqual([]);
});

test('a long line with the caret in it is not drawn as a whole, in view or not', async ({ open }) => {
  const pad = await opened(open, null, `${'above\n'.repeat(300)}${unfortunateTexts['one line: prose']!(200_000)}`);
  const drawn = () => pad.editor.evaluate((content) => content.textContent.length);
  await goTo(pad, 0.5);
  await expect(pad.editor).toContainText('The quick brown fox');
  expect(await drawn()).toBeLessThan(20_000);
  await pad.page.locator('.cm-scroller').evaluate((scroller) => scroller.scrollTo({ top: 0 }));
  await expect(pad.editor.locator('.cm-line').first()).toHaveText('above');
  expect(await drawn()).toBeLessThan(20_000);
  await pad.page.keyboard.type('here');
  await expect(pad.editor).toContainText('here');
  expect(await drawn()).toBeLessThan(20_000);
  await pad.saved();
});

test('a long line with the caret in it does not trouble the long lines below it', async ({ open }) => {
  const line = unfortunateTexts['one line: prose']!(60_000);
  const pad = await opened(open, null, [line, line, line].join('\n'));
  const other = await (await open()).ready();
  const drawn = () => pad.editor.evaluate((content) => content.textContent.length);
  await goTo(pad, 0);
  await pad.page.keyboard.type('a');
  await pad.page.locator('.cm-scroller').evaluate((scroller) => scroller.scrollTo({ top: scroller.scrollHeight / 2 }));
  await expect.poll(drawn).toBeLessThan(20_000);
  await goTo(other, 0.5);
  await other.page.keyboard.type('from others');
  await expect(pad.editor).toContainText('from others');
  await pad.page.locator('.cm-scroller').evaluate((scroller) => scroller.scrollTo({ top: scroller.scrollHeight }));
  await goTo(other, 1);
  await other.page.keyboard.type('once more');
  await expect(pad.editor).toContainText('once more');
  expect(await drawn()).toBeLessThan(20_000);
  expect(pad.complaints).toEqual([]);
});

test('typing in the middle of a long line leaves the view where it is', async ({ open }) => {
  const pad = await opened(open, null, unfortunateTexts['one line: cjk']!(100_000));
  await pad.page.setViewportSize({ width: 700, height: 700 });
  await goTo(pad, 0.5);
  await pad.page.keyboard.type('a');
  const top = () => pad.page.locator('.cm-scroller').evaluate(({ scrollTop }) => scrollTop);
  await expect.poll(top).toBeGreaterThan(1_000);
  const before = await top();
  for (const key of 'bcdef') await pad.page.keyboard.press(key, { delay: 30 });
  await expect(pad.editor).toContainText('abcdef');
  expect(Math.abs((await top()) - before)).toBeLessThan(60);
});
