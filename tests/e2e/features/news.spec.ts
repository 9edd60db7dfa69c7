// What people must know is where they look, and there until they have read it.
import { devices } from '@playwright/test';
import { hasNoViolations } from '../axe.ts';
import { expect, share, test, words } from '../pad.ts';
import type { Pad } from '../pad.ts';
import { files } from '../../../frontend/src/strings/files_en.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
const binary = { name: 'a.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([1, 0, 2]) };
/** Drops a file on the page. */
async function drop(pad: Pad, { name, buffer }: { name: string; buffer: Buffer }): Promise<void> {
  await pad.page.evaluate(([called, bytes]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([new Uint8Array(bytes)], called));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  }, [name, [...buffer]] as const);
}

const problem = files.problem as Record<string, (name: string, limit: string) => string>;

test('on a phone news is over a sheet, can be put away there, and does not go by itself', async ({ open }) => {
  const pad = await open('#shared', pixel);
  await pad.page.clock.install();
  await pad.page.reload();
  await pad.ready();
  const sheet = await pad.menu();
  await drop(pad, binary);
  const toast = sheet.getByRole('status').filter({ hasText: problem['binary']!('a.bin', '') });
  await expect(toast).toBeVisible();
  const { x, y, width, height } = (await toast.locator('span').boundingBox())!;
  const isOnTop = await toast.locator('span').evaluate((it, [at, down]) => document.elementFromPoint(at!, down!) === it, [x + width / 2, y + height / 2]);
  expect(isOnTop).toBe(true);
  expect(x + width).toBeLessThanOrEqual(pad.page.viewportSize()!.width);
  await hasNoViolations(pad, 'news over a sheet');
  await pad.page.clock.fastForward(60_000);
  await expect(toast).toBeVisible();
  await pad.page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  await pad.page.getByRole('button', { name: words.notice.dismiss }).tap();
  await expect(pad.page.locator('.toast')).toHaveCount(0);
});

test('of several files one is taken, and a folder is none; both are said', async ({ open }) => {
  const pad = await (await open()).ready();
  const news = pad.page.locator('.toast');
  await pad.editor.evaluate((content) => {
    const dataTransfer = new DataTransfer();
    for (const name of ['first', 'second']) dataTransfer.items.add(new File([name], `${name}.txt`));
    content.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  });
  await pad.shows('first');
  await expect(news).toContainText(files.onlyOne('first.txt'));
  await pad.editor.evaluate((content) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([''], 'folder'));
    DataTransferItem.prototype.webkitGetAsEntry = () => ({ isDirectory: true, name: 'folder' }) as FileSystemEntry;
    content.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  });
  await expect(news.last()).toContainText(files.folder('folder'));
  await pad.shows('first');
});

test('news stays while the pointer or the keyboard is at it, and F6 leads there', async ({ open }) => {
  const [pad, other] = [await open(), await (await open()).ready()];
  await pad.page.clock.install();
  await pad.page.reload();
  await pad.ready();
  const news = pad.page.locator('.toast');
  const later = (seconds: number) => pad.page.clock.fastForward(seconds * 1_000);
  await other.choose('Python');
  await news.hover();
  await later(30);
  await later(30);
  await expect(news).toBeVisible();
  await pad.editor.locator('.cm-line').first().hover();
  await later(5);
  await expect(news).toBeVisible();
  await later(2);
  await expect(news).toHaveCount(0);

  await other.choose('Markdown');
  await expect(news).toBeVisible();
  await pad.editor.focus();
  await pad.page.keyboard.press('F6');
  await expect(news.getByRole('button', { name: words.notice.dismiss })).toBeFocused();
  await later(30);
  await later(30);
  await pad.page.keyboard.press('Enter');
  await expect(news).toHaveCount(0);
  await expect(pad.editor).toBeFocused();
});

/** Pastes a picture, which a text cannot take; that is said. */
function pastePicture({ editor }: Pad): Promise<void> {
  return editor.evaluate((content) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([new Uint8Array([1])], 'shot.png', { type: 'image/png' }));
    content.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  });
}

/** What somebody could press if no news lay over it. */
function covered({ page }: Pad): Promise<string[]> {
  return page.evaluate(() => {
    /** The part of it that what is around it shows. */
    const shown = (it: Element) => {
      let { left, top, right, bottom } = it.getBoundingClientRect();
      for (let around = it.parentElement; around; around = around.parentElement) {
        if (getComputedStyle(around).overflow === 'visible') continue;
        const edge = around.getBoundingClientRect();
        [left, top] = [Math.max(left, edge.left), Math.max(top, edge.top)];
        [right, bottom] = [Math.min(right, edge.right), Math.min(bottom, edge.bottom)];
      }
      return { left, top, width: right - left, height: bottom - top };
    };
    const isCovered = (it: Element) => {
      const { left, top, width, height } = shown(it);
      if (width < 2 || height < 2) return false;
      const parts = [0.05, 0.5, 0.95];
      const points = parts.flatMap((x) => parts.map((y) => [left + x * width, top + y * height] as const));
      return points.some(([x, y]) => document.elementFromPoint(x, y)?.closest('.toast'));
    };
    const around = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
    const all = [...around.querySelectorAll('button, a[href], input, select, textarea, [role=combobox], .cm-content, .cm-scroller')];
    return all.filter((it) => !it.closest('.toast') && it.checkVisibility() && isCovered(it)).map((it) => it.outerHTML.slice(0, 120));
  });
}

for (const [name, options, hash] of [
  ['a wide screen', { viewport: { width: 1440, height: 900 } }, '#shared'],
  ['a small laptop', { viewport: { width: 1024, height: 700 } }, '#shared'],
  ['a phone', pixel, '#shared'],
  ['a frame of another page', { viewport: { width: 500, height: 300 } }, '?embed=1#shared'],
] as const) {
  test(`news covers nothing that can be pressed, nor the caret, on ${name}`, async ({ open }) => {
    const [alice, bob] = [await (await open(hash, options)).ready(), await (await open()).ready()];
    await bob.type('hello');
    await alice.paste('\nline'.repeat(200));
    if (hash === '#shared') await expect(alice.page.locator('.introduction')).toBeVisible();
    await drop(alice, binary);
    await pastePicture(alice);
    const news = alice.page.locator('.toast');
    await expect(news).toHaveCount(2);
    await expect(news.last()).toBeInViewport({ ratio: 1 });
    await expect.poll(() => covered(alice)).toEqual([]);
    await expect(alice.page.locator('.cm-cursor-primary')).toBeInViewport({ ratio: 0.5 });
    if (hash !== '#shared') return;
    await alice.share();
    await drop(alice, binary);
    await expect(news.last()).toBeInViewport({ ratio: 1 });
    await expect.poll(() => covered(alice)).toEqual([]);
  });
}

/** From now on the server has only those parts of the page that its first page names, or none. */
async function removeParts(pad: Pad, kept: string): Promise<void> {
  await pad.page.route(/assets\/[^/]*\.js$/, (route) =>
    kept.includes(new URL(route.request().url()).pathname.slice(1)) ? route.continue() : route.abort(),
  );
}

test('all but the first parts of the page are gone after an upgrade: it says so once, and one types on', async ({ open, server }) => {
  const pad = await open('#blank');
  await removeParts(pad, (await server.get('/')).text);
  await pad.page.reload();
  await pad.saved();
  const news = pad.page.locator('.toast').filter({ hasText: words.notice.chunkMissing });
  await expect(news).toHaveCount(1);
  await pad.type('goes on');
  await pad.saved();
  await expect(news).toHaveCount(1);
});

test('parts of the page that were not needed yet are gone after an upgrade: it says so once, and goes on', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.share();
  await pad.page.keyboard.press('Escape');
  await pad.language.click(); // the catalogue of languages is there
  await expect(pad.page.getByRole('option').first()).toBeVisible();
  await pad.page.keyboard.press('Escape');
  await removeParts(pad, '');
  await (await pad.share()).getByRole('tab', { name: share.ways.code }).click();
  await expect(pad.page.getByRole('dialog').last()).toContainText(share.codeMissing);
  await pad.page.keyboard.press('Escape');
  await pad.page.keyboard.press('Escape');
  await pad.choose('Ruby');
  const news = pad.page.locator('.toast').filter({ hasText: words.notice.chunkMissing });
  await expect(news).toHaveCount(1);
  await pad.type('goes on');
  await pad.saved();
  await expect(news).toHaveCount(1);
});
