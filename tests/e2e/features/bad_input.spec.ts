// Bad input is refused with the reason, and a browser that keeps nothing still edits.
import { hasNoViolations } from '../axe.ts';
import { expect, refusedPad, test, words } from '../pad.ts';
import { files } from '../../../frontend/src/strings/files_en.ts';
import { images } from '../../../frontend/src/strings/images_en.ts';

// A limit that a file of 300 KiB is beyond.
test.use({ settings: { MAX_DOCUMENT_SIZE_KB: 256 } });

test('files that are no text for a pad are refused and say why; a good one brings its language', async ({ open }) => {
  const pad = await (await open()).ready();
  const news = pad.page.locator('.toast');
  const problem = files.problem as Record<string, (name: string, limit: string) => string>;
  await pad.openFile('a.bin', Buffer.from([1, 0, 2]));
  await expect(news.last()).toContainText(problem['binary']!('a.bin', ''));
  await pad.openFile('b.txt', Buffer.from([0xe4, 0x20]));
  await expect(news.last()).toContainText(problem['not_utf8']!('b.txt', ''));
  await pad.openFile('c.txt', Buffer.alloc(300 * 1024, 'c'));
  await expect(news.last()).toContainText(problem['too_large']!('c.txt', '256 KiB'));
  expect(await pad.text()).toBe('');
  await pad.openFile('d.rs', Buffer.from('fn main() {}\r\n'));
  await pad.shows('fn main() {}\n');
  await expect(pad.language).toHaveValue('Rust');
  await pad.openFile('e.txt', Buffer.from('more'));
  await pad.page.getByRole('dialog').getByRole('button', { name: files.replace }).click();
  await pad.shows('more');
});

test('a file dropped beside the text is opened, and does not replace the page', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.page.locator('.header').evaluate((header) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['dropped'], 'x.txt'));
    const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
    if (header.dispatchEvent(event)) throw new Error('the browser would open the file');
  });
  await pad.shows('dropped');
});

for (const [what, hash, why] of [
  ['too long', `#${'x'.repeat(129)}`, refusedPad.why.too_long],
  ['a path', '#a%2Fb', refusedPad.why.slash],
  ['a control character', '#a%07', refusedPad.why.control],
  ['a folder', '#..', refusedPad.why.dots],
] as const) {
  test(`a pad name that is ${what} is explained, and there is a way on`, async ({ open, server }) => {
    const pad = await open(hash);
    await expect(pad.page.getByRole('alert')).toHaveText(why);
    await hasNoViolations(pad);
    await pad.page.getByRole('link', { name: words.about.newPad }).click();
    await pad.ready();
    expect(pad.page.url()).toContain(`127.0.0.1:${server.port}`);
  });
}

test('without localStorage and IndexedDB the pad works, and says what it cannot keep', async ({ open, server }) => {
  const pad = await open('#blank');
  await pad.page.addInitScript(() => {
    for (const name of ['localStorage', 'indexedDB']) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    }
  });
  await pad.page.reload();
  await pad.ready();
  await pad.tells(words.notice.trouble.settings);
  await pad.tells(words.notice.trouble.unsent);
  await pad.type('still works');
  await pad.saved();
  expect(await server.text('blank')).toBe('still works');
});

test('a browser that is full says what it cannot keep, and goes on', async ({ open, server }) => {
  const pad = await open('#full');
  await pad.page.addInitScript(() => {
    const full = (): never => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    Storage.prototype.setItem = full;
    IDBObjectStore.prototype.put = full;
  });
  await pad.page.reload();
  await pad.ready();
  await server.stop();
  await expect(pad.status).not.toHaveText(words.status.connected);
  await pad.type('kept only here');
  await pad.tells(words.notice.trouble.settings); // the list of recent pads
  await pad.tells(words.notice.trouble.unsent);
  await server.restart();
  await pad.ready();
  expect(await server.text('full')).toBe('kept only here');
});

test('what holds no text deletes nothing that is selected: a screenshot, a composition given up', async ({ open }) => {
  const [pad, bob] = [await (await open()).ready(), await (await open()).ready()];
  await pad.type('keep me');
  await bob.shows('keep me');
  await pad.page.keyboard.press('ControlOrMeta+a');
  await pad.editor.evaluate((content) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([new Uint8Array([1])], 'shot.png', { type: 'image/png' }));
    clipboardData.setData('text/html', '<img src="x">');
    content.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  });
  await expect(pad.page.locator('.toast')).toContainText(images.off);
  await pad.shows('keep me');
  const devtools = await pad.page.context().newCDPSession(pad.page);
  await devtools.send('Input.imeSetComposition', { text: 'ni', selectionStart: 2, selectionEnd: 2 });
  await pad.shows('ni');
  await devtools.send('Input.imeSetComposition', { text: '', selectionStart: 0, selectionEnd: 0 });
  await pad.shows('keep me');
  await pad.saved();
  await bob.shows('keep me');
});

test('a file that is several messages as JSON is opened, and undo takes it back as one', async ({ open, server }) => {
  const pad = await open('#large');
  await pad.ready();
  const text = '"a","","C:\\dir"\n'.repeat(15_000);
  await pad.openFile('quoted.csv', Buffer.from(text));
  await expect.poll(() => server.text('large')).toBe(text);
  await pad.saved();
  await pad.editor.focus();
  await pad.page.keyboard.press('Control+z');
  await expect.poll(() => server.text('large')).toBe('');
  await pad.saved();
});
