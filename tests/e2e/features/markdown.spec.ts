// (8) A Markdown pad as it reads, beside its text.
import type { Locator } from '@playwright/test';
import { devices } from '@playwright/test';
import fs from 'node:fs';
import { hasNoViolations, hasNoViolationsInLightOrDark } from '../axe.ts';
import { expect, test, words } from '../pad.ts';
import type { Pad } from '../pad.ts';
import { preview as previewText } from '../../../frontend/src/strings/preview_en.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
const TEXT = '# Title\n\n- [x] done\n\n[safe](https://example.org) [bad](javascript:alert(1))\n\n<img src=x onerror="document.title=1">\n\n![cat](https://pics.example/cat.png)\n';

async function withPreview(pad: Pad): Promise<Locator> {
  await pad.choose('Markdown');
  await pad.showPreview();
  return pad.page.getByRole('document', { name: previewText.heading });
}

/** The tasks that can be ticked: not before the code for that is there. */
const boxes = (preview: Locator): Locator => preview.locator('input:enabled');

test('a preview: safe, without a request to anybody, and usable by everyone', async ({ open }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.paste(TEXT);
  const preview = await withPreview(alice);
  await expect(preview.getByRole('heading', { name: 'Title' })).toBeVisible();
  await expect(preview.getByRole('checkbox', { name: 'done' })).toBeChecked();
  const link = preview.getByRole('link', { name: 'safe' });
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer');
    await expect(link).toHaveAttribute('href', 'https://example.org/');
    await expect(preview.getByRole('link', { name: 'bad' })).toHaveCount(0);
    await expect(preview.locator('img')).toHaveCount(0);
    await expect(preview).toContainText('<img src=x');
    await expect(alice.page.getByText(previewText.held(1))).toBeVisible();
    await expect(preview.getByRole('link', { name: previewText.words.image('cat', 'pics.example') })).toBeVisible();

    await bob.shows(TEXT);
    await bob.paste('\n## From Bob\n');
    await expect(preview.getByRole('heading', { name: 'From Bob' })).toBeVisible();
    await hasNoViolationsInLightOrDark(alice, 'the preview');
});

test('a task that is ticked in the preview is ticked in the text, once, also when two do it at the same time', async ({ open, road }) => {
  const [alice, bob] = [await (await open('#shared', {}, road.port)).ready(), await (await open()).ready()];
  const tasks = ['one', 'two', 'three', 'four'];
  await alice.paste(tasks.map((it) => `- [ ] ${it}`).join('\n'));
  const previews = [await withPreview(alice), await withPreview(bob)];
  for (const preview of previews) await expect(boxes(preview)).toHaveCount(4);
  for (const [n] of tasks.entries()) {
    for (const preview of previews) await expect(preview.locator('input:checked')).toHaveCount(n);
    // In one go: of a box that was found before, the preview may have made another one.
    await Promise.all(previews.map((preview) => preview.evaluate((it, at) => it.querySelectorAll<HTMLInputElement>('input')[at]!.click(), n)));
    await Promise.all([alice, bob].map((pad) => pad.shows(tasks.map((it, i) => `- [${i > n ? ' ' : 'x'}] ${it}`).join('\n'))));
    await Promise.all([alice, bob].map((pad) => pad.saved()));
  }
  const done = tasks.map((it) => `- [x] ${it}`).join('\n');
  for (const pad of [alice, bob]) await pad.shows(done);
  const box = previews[0]!.getByRole('checkbox', { name: 'two' });
  await expect(box).toBeChecked();
  await box.press('Space');
  await bob.shows(done.replace('- [x] two', '- [ ] two'));
  await expect(box).not.toBeChecked();
  await expect(box).toBeFocused();

  // Without a connection as well, several, and one of them again.
  await alice.goOffline(road);
  for (const name of ['three', 'four']) {
    await previews[0]!.getByRole('checkbox', { name }).click();
  }
  await previews[0]!.getByRole('checkbox', { name: 'four' }).click();
  await alice.shows('- [x] one\n- [ ] two\n- [ ] three\n- [x] four');
  await expect(previews[0]!.getByRole('checkbox', { name: 'four' })).toBeChecked();
  await previews[0]!.getByRole('checkbox', { name: 'four' }).click();
  await alice.shows('- [x] one\n- [ ] two\n- [ ] three\n- [ ] four');
  await previews[1]!.getByRole('checkbox', { name: 'four' }).click();
  await alice.goOnline(road);
  for (const pad of [alice, bob]) await pad.shows('- [x] one\n- [ ] two\n- [ ] three\n- [ ] four');
});

test('a tick that is undone before it is saved leaves a task, also when somebody else made the same', async ({ open, road }) => {
  const [alice, bob] = [await (await open('#shared', {}, road.port)).ready(), await (await open()).ready()];
  await alice.paste('- [ ] one');
  const previews = [await withPreview(alice), await withPreview(bob)];
  await alice.goOffline(road);
  await previews[0]!.getByRole('checkbox').click();
  await alice.shows('- [x] one');
  await alice.editor.press('Control+z');
  await alice.shows('- [ ] one');
  await previews[1]!.getByRole('checkbox').click();
  await bob.saved();
  await alice.goOnline(road);
  for (const pad of [alice, bob]) await pad.shows('- [x] one');
  // The same of one that is saved: both undo it.
  await alice.saved();
  await previews[0]!.getByRole('checkbox').click();
  for (const pad of [alice, bob]) await pad.shows('- [ ] one');
  await alice.saved();
  await alice.goOffline(road);
  await alice.editor.press('Control+z');
  await alice.shows('- [x] one');
  await previews[1]!.getByRole('checkbox').click();
  await bob.saved();
  await alice.goOnline(road);
  for (const pad of [alice, bob]) await pad.shows('- [x] one');
});

test('a box that is pressed several times, before anything is shown or answered, has the last one', async ({ open }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.paste('- [ ] one\n- [ ] two');
  const preview = await withPreview(alice);
  await expect(boxes(preview)).toHaveCount(2);
  const press = (times: number) =>
    preview.evaluate((it, count) => {
      for (let i = 0; i < count; i++) it.querySelector('input')!.click();
    }, times);
  for (const [times, after] of [[2, ' '], [3, 'x'], [1, ' '], [4, ' '], [5, 'x']] as const) {
    await press(times);
    for (const pad of [alice, bob]) await pad.shows(`- [${after}] one\n- [ ] two`);
    await expect(preview.getByRole('checkbox', { name: 'one' })).toBeChecked({ checked: after === 'x' });
  }
  expect(await alice.told()).toEqual([]);
});

test('a tick that is undone when another has come in, and neither is answered, leaves a task', async ({ open }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await bob.paste('- [ ] one'); // so that Alice has nothing else to undo
  const previews = [await withPreview(alice), await withPreview(bob)];
  for (let round = 0; round < 3; round++) {
    for (const preview of previews) await expect(boxes(preview)).toHaveCount(1);
    await Promise.all(previews.map((preview) => preview.evaluate((it) => it.querySelector('input')!.click())));
    for (let i = 0; i < 3; i++) await alice.editor.press(i % 2 === 0 ? 'Control+z' : 'Control+y');
    await Promise.all([alice, bob].map((pad) => pad.saved()));
    await expect.poll(() => bob.text()).toMatch(/^- \[[ x]\] one$/);
    await alice.shows(await bob.text());
  }
});

test('a box that is held down while others type in the list is ticked when it is let go', async ({ open }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.paste('- [ ] one\n- [ ] two');
  const box = (await withPreview(alice)).getByRole('checkbox', { name: 'one' });
  await expect(box).toBeEnabled();
  const { x, y, width, height } = (await box.boundingBox())!;
  await alice.page.mouse.move(x + width / 2, y + height / 2);
  await alice.page.mouse.down();
  await bob.type(' and more');
  await alice.shows('- [ ] one\n- [ ] two and more');
  await alice.page.waitForTimeout(400); // the preview is about to follow
  await alice.page.mouse.up();
  await alice.shows('- [x] one\n- [ ] two and more');
  await expect(alice.page.locator('.preview-text')).toContainText('two and more');
});

test('regression: a box cannot be pressed before the code is there that ticks it', async ({ open }) => {
  const pad = await (await open('?language=markdown#shared')).ready();
  await pad.paste('- [ ] one');
  await pad.saved();
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await pad.page.route(/\/assets\/deferred_extensions-/, async (route) => (await held, route.continue()));
  await pad.page.reload();
  await pad.ready();
  await pad.showPreview();
  const box = pad.page.getByRole('checkbox', { name: 'one' });
  await expect(box).toBeDisabled();
  release();
  await box.click();
  await pad.shows('- [x] one');
  await expect(box).toBeChecked();
});

test('many tasks are ticked as quickly as one can press', async ({ open }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.paste(Array.from({ length: 30 }, (_, i) => `- [ ] task ${i}`).join('\n'));
  const previews = [await withPreview(alice), await withPreview(bob)];
  for (const preview of previews) await expect(boxes(preview)).toHaveCount(30);
  // What the other one has ticked by then is not pressed: that would take it back.
  await Promise.all(previews.map((preview) => preview.evaluate((it) => it.querySelectorAll<HTMLInputElement>('input:not(:checked)').forEach((box) => box.click()))));
  for (const pad of [alice, bob]) await pad.shows(Array.from({ length: 30 }, (_, i) => `- [x] task ${i}`).join('\n'));
});

test('formulas are shown as such, a link leads to a heading, and the front matter gives the title', async ({ open }) => {
  const pad = await (await open()).ready();
  const filler = 'words\n\n'.repeat(60);
  await pad.paste(`---\ntitle: The minutes\n---\n[TOC]\n\nso $\\frac{a}{b}$\n\n$$\nx^2\n$$\n\n${filler}## Far away\n\n${filler}`);
  const preview = await withPreview(pad);
  await expect(preview.locator('mfrac')).toBeVisible();
  await expect(preview.locator('math[display=block] msup')).toBeVisible();
  await expect(preview).not.toContainText('The minutes');
  await expect(pad.page).toHaveTitle(/^The minutes/);
  const link = preview.getByRole('link', { name: 'Far away' });
  await link.press('Enter');
  const heading = preview.getByRole('heading', { name: 'Far away' });
  await expect(heading).toBeInViewport();
  await expect(link).not.toBeInViewport();
  expect(new URL(pad.page.url()).hash).toBe('#shared');
});

test('the preview leaves the pad as one file, with its formatting, and onto paper', async ({ open, browser }) => {
  const pad = await (await open('#shared', { permissions: ['clipboard-read', 'clipboard-write'] })).ready();
  await pad.paste(`# The *title*\n\n[TOC]\n\n- [x] done[^1]\n\n<script>alert(1)</script> $x^2$\n\n\`\`\`js\nlet a\n\`\`\`\n\n${'words\n\n'.repeat(99)}[^1]: note\n`);
  const preview = await withPreview(pad);
  const saving = pad.page.waitForEvent('download');
  await pad.act('downloadHtml');
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('The title.html');
  const file = await (await browser.newContext()).newPage();
  await file.goto(`file://${await saved.path()}`).catch(() => undefined);
  const html = fs.readFileSync(await saved.path(), 'utf8');
  await file.setContent(html);
  await expect(file.getByRole('heading', { name: 'The title' })).toHaveCSS('font-weight', '650');
  await expect(file.getByRole('checkbox')).toBeDisabled();
  await expect(file.locator('msup')).toBeVisible();
  await expect(file.getByRole('link', { name: 'The title' })).toHaveAttribute('href', '#the-title');
  expect(await file.locator('#the-title').count()).toBe(1);
  expect(await file.locator('script, [onclick], [data-to]').count()).toBe(0);
  expect(html).not.toMatch(/<script/);
  await file.context().close();

  await pad.act('copyFormatted');
  await expect(pad.page.getByText(words.copied)).toBeVisible();
  const copied = await pad.page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    return Promise.all(['text/html', 'text/plain'].map(async (type) => (await item!.getType(type)).text()));
  });
  expect(copied[0]).toContain('<em>title</em></h1>');
  expect(copied[1]).toMatch(/^# The \*title\*/);

  await pad.page.emulateMedia({ media: 'print' });
  await expect(pad.page.getByText('The *title* ·').or(pad.page.getByText('The title ·'))).toBeVisible();
  await expect(pad.editor).toBeHidden();
  await expect(pad.page.getByRole('banner')).toBeHidden();
  expect(await preview.evaluate((it) => it.scrollHeight - it.clientHeight)).toBeLessThan(2);
  expect(await pad.page.evaluate(() => document.documentElement.scrollHeight)).toBeGreaterThan(3_000);
});

test('text and preview scroll in step both ways, to both ends, and a click in the preview places the caret', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.paste(Array.from({ length: 80 }, (_, n) => `## Part ${n}.\n\n- [ ] task ${n}\n\ntext ${n}\n\n`).join(''));
  const preview = await withPreview(pad);
  const scroller = pad.page.locator('.cm-scroller');
  const lineOf = (text: string) => pad.editor.locator('.cm-line', { hasText: text });
  const far = preview.getByRole('heading', { name: 'Part 79.' });
  await scroller.evaluate((it) => it.scrollTo({ top: it.scrollHeight }));
  await expect(far).toBeInViewport();
  await expect(preview.getByText('text 79')).toBeInViewport();

  await preview.hover();
  await pad.page.mouse.wheel(0, -100_000);
  await expect(lineOf('## Part 0.')).toBeInViewport();
  await preview.getByRole('heading', { name: 'Part 40.' }).evaluate((it) => it.scrollIntoView({ block: 'start' }));
  await expect(lineOf('## Part 40.')).toBeInViewport();
  await preview.getByText('text 41').click();
  await expect(pad.editor).toBeFocused();
  await pad.page.keyboard.type('here ');
  await expect(lineOf('here text 41')).toBeVisible();
  await expect(preview.getByText('here text 41')).toBeInViewport();
});

test('it is only there for Markdown, is remembered, and can be closed', async ({ open }) => {
  const pad = await (await open()).ready();
  await expect(pad.page.locator('.mode-switch')).toHaveCount(0);
  const preview = await withPreview(pad);
  await expect(preview).toBeVisible();
  await pad.page.reload();
  await pad.ready();
  await expect(preview).toBeVisible();
  await pad.choose('Python');
  await expect(preview).toHaveCount(0);
  await pad.choose('Markdown');
  await pad.page.locator('.mode-switch').getByRole('button', { name: words.preview.modes.edit, exact: true }).click();
  await expect(preview).toHaveCount(0);
  await expect(pad.editor).toBeFocused();
});

test('it is written, read or both: remembered, shared by a splitter, and a double click leads from reading to the text', async ({ open }) => {
  const pad = await (await open()).ready();
  const preview = await withPreview(pad);
  await pad.paste(Array.from({ length: 80 }, (_, i) => `## Part ${i}\n\ntext ${i}\n`).join('\n'));
  const { edit, both, read } = words.preview.modes;
  const mode = (name: string) => pad.page.locator('.mode-switch').getByRole('button', { name, exact: true });
  const splitter = pad.page.getByRole('separator', { name: previewText.splitter });
  const widthOf = async () => Math.round((await pad.page.locator('.editor').boundingBox())!.width);
  const even = await widthOf();
  await splitter.press('ArrowRight');
  await expect(splitter).toHaveAttribute('aria-valuenow', '55');
  await expect.poll(widthOf).toBeGreaterThan(even + 20);
  const { x, y } = (await splitter.boundingBox())!;
  await pad.page.mouse.move(x + 4, y + 300);
  await pad.page.mouse.down();
  await pad.page.mouse.move(300, y + 300);
  await pad.page.mouse.up();
  await expect.poll(async () => Math.abs((await widthOf()) - 300)).toBeLessThan(20);
  await splitter.dblclick();
  await expect.poll(widthOf).toBe(even);

  await mode(read).click();
  await expect(pad.editor).toBeHidden();
  await expect(splitter).toHaveCount(0);
  await hasNoViolations(pad, 'reading');
  await pad.page.reload();
  await expect(preview.getByRole('heading', { name: 'Part 0' })).toBeVisible();
  await expect(mode(read)).toHaveAttribute('aria-pressed', 'true');
  await preview.getByText('text 1', { exact: true }).click();
  await expect(pad.editor).toBeHidden();
  await preview.getByText('text 1', { exact: true }).dblclick();
  await expect(pad.editor).toBeFocused();
  await expect(mode(both)).toHaveAttribute('aria-pressed', 'true');
  await pad.page.keyboard.type('here ');
  await expect(preview.getByText('here text 1', { exact: true })).toBeVisible();
  await mode(read).click();
  await pad.page.keyboard.press('Control+f');
  await expect(pad.page.locator('.cm-search [name=search]')).toBeFocused();
  await pad.page.keyboard.press('Escape');
  await mode(edit).click();
  await expect(preview).toHaveCount(0);
  await expect(pad.editor).toBeFocused();
});

test('on a phone it stands below the text, and nothing is too wide', async ({ open }) => {
  const pad = await (await open('#shared', pixel)).ready();
  await pad.paste(TEXT + '\n| a | b |\n|---|---|\n| ' + 'wide '.repeat(60) + ' | x |\n');
  const preview = await withPreview(pad);
  const [text, shown] = [await pad.editor.boundingBox(), await preview.boundingBox()];
  expect(shown!.y).toBeGreaterThan(text!.y);
  expect(await pad.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test('code has the colours of its language, in the text and in the preview, without a style of its own', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.paste('```python\ndef f():\n    return 1 # one\n```\n\n```no-such-language\nplain\n```\n');
  const preview = await withPreview(pad);
  const colour = (text: string) =>
    preview.locator('code span', { hasText: text }).first().evaluate((span) => getComputedStyle(span).color);
  await expect(preview.locator('code').first().locator('span').first()).toBeVisible();
  expect(new Set([await colour('def'), await colour('1'), await colour('# one')]).size).toBe(3);
  const keyword = pad.editor.locator('.cm-line span', { hasText: 'return' });
  await expect(keyword).toBeVisible();
  expect(await keyword.evaluate((span) => getComputedStyle(span).color)).toBe(await colour('return'));
  await expect(preview.locator('code').last()).toHaveText('plain');
  await expect(preview.locator('code').last().locator('span')).toHaveCount(0);
  await expect(preview.locator('[style]')).toHaveCount(0);
  // what is typed into the block is coloured at once
  await pad.editor.locator('.cm-line', { hasText: 'return' }).click();
  await pad.page.keyboard.press('End');
  await pad.page.keyboard.type('\nx = "new"');
  await expect(preview.locator('code span', { hasText: '"new"' })).toBeVisible();
});

const DOT = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');

test('by default nobody offers to show images of other sites', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.paste(TEXT);
  const preview = await withPreview(pad);
  await expect(pad.page.getByText(previewText.held(1))).toBeVisible();
  await expect(pad.page.getByRole('button', { name: previewText.showImages })).toHaveCount(0);
  // and the policy would not let them in
  const isBlocked = pad.page.evaluate(
    () =>
      new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective));
        new Image().src = 'https://pics.example/cat.png';
      }),
  );
  expect(await isBlocked).toBe('img-src');
  pad.complaints.length = 0; // that was us
  await expect(preview.locator('img')).toHaveCount(0);
});

test.describe('REMOTE_IMAGES=ask', () => {
  test.use({ settings: { REMOTE_IMAGES: 'ask' } });
  test('shows them to who asks for them, until they leave', async ({ open }) => {
    const pad = await (await open()).ready();
    const asked: string[] = [];
    await pad.page.route('https://pics.example/**', async (route) => {
      asked.push(route.request().url());
      expect(route.request().headers()['referer']).toBeUndefined();
      if (route.request().url().endsWith('gone.png')) await route.abort();
      else await route.fulfill({ body: DOT, contentType: 'image/png' });
    });
    await pad.paste(`${TEXT}\n![gone](https://pics.example/gone.png)\n\n![old](http://pics.example/old.png)\n`);
    const preview = await withPreview(pad);
    await expect(pad.page.getByText(previewText.held(3))).toBeVisible();
    expect(asked).toEqual([]);

    await pad.page.getByRole('button', { name: previewText.showImages }).press('Enter');
    await expect(pad.page.getByRole('document', { name: previewText.heading })).toBeFocused();
    const cat = preview.getByRole('img', { name: 'cat' });
    await expect.poll(() => cat.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
    await expect(preview.getByRole('link', { name: previewText.words.image('gone', 'pics.example') })).toBeVisible();
    await expect(preview.getByRole('link', { name: previewText.words.image('old', 'pics.example') })).toBeVisible();
    await expect(pad.page.getByText(previewText.held(1))).toBeVisible();
    await expect(pad.page.getByRole('button', { name: previewText.showImages })).toHaveCount(0);
    expect([...asked].sort()).toEqual(['https://pics.example/cat.png', 'https://pics.example/gone.png']);
    expect(pad.complaints.splice(0).sort()).toEqual([...asked].sort().map((url) => `request to ${url}`));

    await pad.page.reload();
    await pad.ready();
    await expect(pad.page.getByRole('button', { name: previewText.showImages })).toBeVisible();
    await expect(preview.locator('img')).toHaveCount(0);
    expect(asked).toHaveLength(2);
  });
});

/** Scrolls the editor until the line with that number in its name is at its top. */
async function bringToTop(pad: Pad, n: number): Promise<void> {
  await expect(async () => {
    const moved = await pad.editor.evaluate((content, n) => {
      const scroller = content.closest('.cm-scroller')!;
      const lines = Array.from(content.querySelectorAll('.cm-line'), (line) => ({ line, n: Number(/n(\d\d\d)/.exec(line.textContent)?.[1] ?? -1) }));
      const found = lines.find((it) => it.n === n)?.line;
      const before = scroller.scrollTop;
      if (found) scroller.scrollTop += found.getBoundingClientRect().top - scroller.getBoundingClientRect().top + 1;
      else scroller.scrollTop += (lines.some((it) => it.n > n) ? -0.8 : 0.8) * scroller.clientHeight;
      return found ? Math.abs(scroller.scrollTop - before) : Number.NaN;
    }, n);
    expect(moved).toBeLessThan(3);
  }).toPass({ intervals: [50], timeout: 30_000 });
}

const many = (line: (n: number) => string) => Array.from({ length: 200 }, (_, n) => line(n)).join('\n');
const name = (n: number) => `n${String(n).padStart(3, '0')}`;

for (const [what, text] of [
  ['a list', many((n) => `- ${name(n)} item`)],
  ['a list of lists', many((n) => `${n % 5 === 0 ? '' : '  '}- ${name(n)}`)],
  ['a table', `| a | b |\n| - | - |\n${many((n) => `| ${name(n)} | ${'cell '.repeat(n % 40)} |`)}`],
  ['a quote', many((n) => (n % 3 === 2 ? '>' : `> ${name(n)}`))],
  ['code', `\`\`\`\n${many(name)}\n\`\`\``],
  ['a paragraph of many lines', many((n) => `${name(n)} line`)],
] as const) {
  test(`regression: the preview scrolls with the text inside ${what}`, async ({ open }) => {
    const pad = await (await open()).ready();
    await pad.paste(`${text}\n\nThe end\n`);
    const preview = await withPreview(pad);
    await expect(preview).toContainText('The end');
    for (const n of [60, 120, 30]) {
      await bringToTop(pad, n);
      // How far below the top of the preview that line is, in lines.
      const distance = () =>
        preview.evaluate((it, text) => {
          const walker = document.createTreeWalker(it, NodeFilter.SHOW_TEXT);
          let node = walker.nextNode() as Text | null;
          while (node && !node.data.includes(text)) node = walker.nextNode() as Text | null;
          const range = document.createRange();
          range.setStart(node!, node!.data.indexOf(text));
          range.setEnd(node!, node!.data.indexOf(text) + text.length);
          return Math.abs(range.getBoundingClientRect().top - it.getBoundingClientRect().top) / 24;
        }, name(n));
      await expect.poll(distance, name(n)).toBeLessThan(3);
    }
  });
}

/** How far the editor and the preview are scrolled through a text that is one long paragraph. */
function partsAbove(pad: Pad): Promise<[editor: number, preview: number]> {
  return pad.page.evaluate(() => {
    const part = (scroller: string, paragraphs: string) => {
      const boxes = Array.from(document.querySelectorAll(paragraphs), (it) => it.getBoundingClientRect());
      const { top, height } = boxes.reduce((a, b) => (b.height > a.height ? b : a));
      return (document.querySelector(scroller)!.getBoundingClientRect().top - top) / height;
    };
    return [part('.cm-scroller', '.cm-line'), part('.preview-text', '.preview-text p')];
  });
}

test('regression: a long line is scrolled through, a preview that is opened late begins where the text is, and stays there in a narrow window', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.paste(`# Title\n\n${'words and more words '.repeat(900)}\n\nThe end\n`);
  const scroll = (top: number) => pad.editor.evaluate((content, top) => content.closest('.cm-scroller')!.scrollTo({ top }), top);
  await scroll(1_500);
  const preview = await withPreview(pad);
  await expect(preview).toContainText('The end');
  const isInStep = async () => {
    await expect.poll(async () => {
      const [edited, shown] = await partsAbove(pad);
      return edited > 0.1 && Math.abs(edited - shown) < 0.04 ? 'in step' : `${edited} and ${shown}`;
    }).toBe('in step');
  };
  await isInStep();
  await scroll(2_200);
  await isInStep();
  await pad.page.setViewportSize({ width: 900, height: 700 });
  await isInStep();
});

test('regression: Hebrew and Arabic run from right to left, in whatever block they stand, and code does not', async ({ open }) => {
  const text = [
    '# שלום', '', 'مرحبا بكم hello', '', 'hello שלום', '', '- פריט', '- item', '', '1. واحد', '', '> ציטוט', '',
    '| שם | b |', '| - | - |', '| א | c |', '', '`x = 1` קוד', '', '```', 'קוד = 1', '```', '',
  ].join('\n');
  const pad = await (await open()).ready();
  await pad.paste(text);
  const preview = await withPreview(pad);
  await expect(preview.locator('pre')).toBeVisible();
  const shown = await preview.evaluate((it) =>
    Array.from(it.querySelectorAll('h1, p, li, td, th, blockquote, table, ul, ol, pre, code'), (element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      const [outer, inner] = [element.getBoundingClientRect(), range.getBoundingClientRect()];
      const side = inner.left - outer.left > outer.right - inner.right + 20 ? ', on the right' : '';
      return `${element.localName} ${getComputedStyle(element).direction}${element.matches('h1, div > p') ? side : ''}`;
    }),
  );
  expect(shown).toEqual([
    'h1 rtl, on the right', 'p rtl, on the right', 'p ltr', 'ul rtl', 'li rtl', 'p rtl', 'li ltr', 'p ltr', 'ol rtl', 'li rtl', 'p rtl',
    'blockquote rtl', 'p rtl', 'table rtl', 'th rtl', 'th ltr', 'td rtl', 'td ltr', 'p rtl, on the right', 'code ltr', 'pre ltr', 'code ltr',
  ]);
  // An item's bullet is inside the preview, on the side where the item begins.
  const room = await preview.evaluate((it) => {
    const box = it.getBoundingClientRect();
    return Array.from(it.querySelectorAll('li'), (item) => {
      const { left, right } = item.getBoundingClientRect();
      return getComputedStyle(item).direction === 'rtl' ? box.right - right : left - box.left;
    });
  });
  for (const pixels of room) expect(pixels).toBeGreaterThan(35);
});
