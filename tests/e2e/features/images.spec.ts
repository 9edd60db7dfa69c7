// Images in a pad: pasted, dropped or chosen, seen in the preview, and refused in words.
import fs from 'node:fs';
import { images } from '../../../frontend/src/strings/images_en.ts';
import type { Pad } from '../pad.ts';
import { actions, expect, test } from '../pad.ts';

test.use({ settings: { IMAGES: 'on', MAX_IMAGE_KB: 64, MAX_IMAGES_KB_PER_PAD: 100, REMOTE_IMAGES: 'off' } });

/** What the browser itself draws, in its own format; noise is what does not get small. */
function drawn(pad: Pad, side: number, type: 'image/png' | 'image/jpeg', isNoisy = false): Promise<string> {
  return pad.page.evaluate(
    async ({ side, type, isNoisy }) => {
      const canvas = new OffscreenCanvas(side, side);
      const context = canvas.getContext('2d')!;
      const pixels = context.createImageData(side, side);
      for (let i = 0; i < pixels.data.length; i++) pixels.data[i] = i % 4 === 3 ? 255 : isNoisy ? Math.random() * 256 : 90;
      context.putImageData(pixels, 0, 0);
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type, quality: 1 })).arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    },
    { side, type, isNoisy },
  );
}

type Given = { name: string; type: string; base64: string };

/** As the clipboard or a hand brings files; gives whether the page took them. */
function give(pad: Pad, how: 'paste' | 'drop', files: Given[], text = ''): Promise<boolean> {
  return pad.editor.evaluate(
    (content, { how, files, text }) => {
      const data = new DataTransfer();
      for (const { name, type, base64 } of files) {
        data.items.add(new File([Uint8Array.from(atob(base64), (it) => it.charCodeAt(0))], name, { type }));
      }
      if (text) data.setData('text/plain', text);
      const { x, y, height } = content.querySelector('.cm-line')!.getBoundingClientRect();
      const init = { bubbles: true, cancelable: true };
      const event =
        how === 'paste'
          ? new ClipboardEvent('paste', { clipboardData: data, ...init })
          : new DragEvent('drop', { dataTransfer: data, clientX: x, clientY: y + height / 2, ...init });
      return !content.dispatchEvent(event);
    },
    { how, files, text },
  );
}

const png = async (pad: Pad, name = 'image.png', side = 20): Promise<Given> => ({ name, type: 'image/png', base64: await drawn(pad, side, 'image/png') });
const toast = (pad: Pad, text: string | RegExp) => pad.page.locator('.toast').filter({ hasText: text });
const ADDRESS = /!\[([^\]]*)\]\((\/image\/[\w-]{22})\)/;

test('a screenshot that is pasted is in the text for all, and in the preview', async ({ open, server }) => {
  const alice = await (await open()).ready();
  const bob = await (await open()).ready();
  await alice.choose('Markdown');
  await alice.type('before ');
  expect(await give(alice, 'paste', [await png(alice)])).toBe(true);
  await expect.poll(() => bob.text()).toMatch(/^before !\[Image\]\(\/image\/[\w-]{22}\)$/);
  await alice.type(' after'); // the caret is behind it
  await alice.saved();
  const [, , address] = ADDRESS.exec(await server.text('shared'))!;
  expect((await server.get(address!)).headers['content-type']).toBe('image/png');
  await bob.showPreview();
  const image = bob.page.locator('.preview-text img');
  await expect(image).toHaveAttribute('alt', 'Image');
  await expect.poll(() => image.evaluate((it: HTMLImageElement) => [it.complete, it.naturalWidth])).toEqual([true, 20]);
});

test('it stands where it was pasted, whatever is typed while it is on its way', async ({ open }) => {
  const alice = await (await open()).ready();
  const bob = await (await open()).ready();
  await alice.choose('Markdown');
  await alice.type('one two');
  await alice.saved();
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await alice.page.route('**/images', async (route) => (await held, route.continue()));
  await alice.editor.focus();
  await alice.page.keyboard.press('Control+Home');
  for (let i = 0; i < 3; i++) await alice.page.keyboard.press('ArrowRight');
  await give(alice, 'paste', [await png(alice)]);
  await expect(toast(alice, images.uploading('image.png'))).toBeVisible();
  await bob.shows('one two'); // nobody else sees anything of it yet
  await bob.editor.focus();
  await bob.page.keyboard.press('Control+Home');
  await bob.page.keyboard.type('zero ');
  await alice.type(' three');
  await alice.saved();
  release();
  await expect.poll(() => bob.text()).toMatch(/^zero one!\[Image\]\(\/image\/[\w-]{22}\) two three$/);
  await expect(toast(alice, images.uploading('image.png'))).toHaveCount(0);
  await alice.page.keyboard.type('!'); // the caret was not moved
  await expect.poll(() => bob.text()).toMatch(/ two three!$/);
});

test('images that are dropped go where they were dropped, a text beside them is opened as ever', async ({ open }) => {
  const alice = await (await open()).ready();
  await alice.choose('Markdown');
  await alice.type('text');
  expect(await give(alice, 'drop', [await png(alice, 'my [cat].png'), await png(alice, 'dog.png', 21)])).toBe(true);
  await expect.poll(() => alice.text()).toMatch(/^!\[my \\\[cat\\\]\]\(\/image\/[\w-]{22}\)\n!\[dog\]\(\/image\/[\w-]{22}\)text$/);
});

test('in other languages there is the address; one can undo it', async ({ open, server }) => {
  const alice = await (await open()).ready();
  await alice.type('x = ');
  await alice.saved();
  await give(alice, 'paste', [await png(alice)]);
  await expect.poll(() => alice.text()).toMatch(new RegExp(`^x = http://127\\.0\\.0\\.1:${server.port}/image/[\\w-]{22}$`));
  await alice.pressUntil('Control+z', 'x = ');
});

test('text in the clipboard wins; the name of a file that was copied does not', async ({ open }) => {
  const alice = await (await open()).ready();
  await give(alice, 'paste', [await png(alice)], 'words');
  await alice.shows('words');
  await give(alice, 'paste', [await png(alice, 'photo.png')], 'photo.png');
  await expect.poll(() => alice.text()).toMatch(/^wordshttp:.*\/image\/[\w-]{22}$/);
});

test('from the menu and the palette, by the keyboard alone', async ({ open }) => {
  const alice = await (await open()).ready();
  await alice.choose('Markdown');
  const buffer = Buffer.from((await png(alice)).base64, 'base64');
  let chooser = alice.page.waitForEvent('filechooser');
  await alice.act('image');
  await (await chooser).setFiles({ name: 'a.png', mimeType: 'image/png', buffer });
  await expect.poll(() => alice.text()).toMatch(/^!\[a\]/);
  chooser = alice.page.waitForEvent('filechooser');
  await alice.editor.focus();
  await alice.page.keyboard.press('F1');
  await expect(alice.page.getByRole('combobox', { name: actions.palette.label })).toBeFocused();
  await alice.page.keyboard.type('insert image');
  await expect(alice.page.getByRole('option', { name: actions.names.image })).toHaveAttribute('aria-selected', 'true');
  await alice.page.keyboard.press('Enter');
  const files = await chooser;
  expect(files.isMultiple()).toBe(true);
  await files.setFiles({ name: 'b.png', mimeType: 'image/png', buffer });
  await expect.poll(() => alice.text()).toMatch(/!\[b\]/);
});

test('a photo loses what the camera has written into it, and is made to fit', async ({ open, server }) => {
  const alice = await (await open()).ready();
  await alice.choose('Markdown');
  const plain = Buffer.from(await drawn(alice, 600, 'image/jpeg', true), 'base64');
  const place = Buffer.from('Exif\0\0 52.5200 N 13.4050 E');
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, place.length + 2]);
  const photo = Buffer.concat([head, place, plain.subarray(2)]);
  expect(photo.length).toBeGreaterThan(64 * 1024);
  await give(alice, 'paste', [{ name: 'IMG_1.jpg', type: 'image/jpeg', base64: photo.toString('base64') }]);
  await expect(toast(alice, images.scaled('IMG_1.jpg'))).toBeVisible();
  const [, name, address] = ADDRESS.exec(await alice.text())!;
  expect(name).toBe('IMG_1');
  const { body, headers } = await server.get(address!);
  expect(headers['content-type']).toBe('image/jpeg');
  expect(body.length).toBeLessThanOrEqual(64 * 1024);
  expect(body.includes('52.5200')).toBe(false);
});

test('what is too large and no photo is made to fit: as JPEG, or as PNG where one can see through it', async ({ open, server }) => {
  for (const [name, see, type] of [['shot', 255, 'image/jpeg'], ['logo', 254, 'image/png']] as const) {
    const alice = await (await open(`#${name}`)).ready(); // all images of one have room for one
    await alice.choose('Markdown');
    const base64 = await alice.page.evaluate(async (alpha) => {
      const canvas = new OffscreenCanvas(300, 200);
      const context = canvas.getContext('2d')!;
      const pixels = context.createImageData(300, 200).data.map((_, i) => (i % 4 === 3 ? 255 : Math.random() * 256));
      pixels[pixels.length - 1] = alpha; // in the last corner alone
      context.putImageData(new ImageData(pixels, 300), 0, 0);
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    }, see);
    expect(base64.length).toBeGreaterThan(100_000);
    await give(alice, 'paste', [{ name: `${name}.png`, type: 'image/png', base64 }]);
    await expect(toast(alice, images.scaled(`${name}.png`))).toBeVisible();
    const [, address] = new RegExp(`!\\[${name}\\]\\((/image/[\\w-]{22})\\)`).exec(await alice.text())!;
    const { body, headers } = await server.get(address!);
    expect(headers['content-type'], name).toBe(type);
    expect(body.length, name).toBeLessThanOrEqual(64 * 1024);
    expect(body.length, name).toBeGreaterThan(10 * 1024);
  }
});

test('what is too large, broken or has no room is refused in words, before it is sent where that is known', async ({ open }) => {
  const alice = await (await open()).ready();
  let sent = 0;
  alice.page.on('request', (request) => (sent += Number(request.url().endsWith('/images'))));
  // Of what moves one picture would be left, so it is not made smaller.
  const large = { name: 'large.gif', type: 'image/gif', base64: await drawn(alice, 200, 'image/png', true) };
  expect(large.base64.length).toBeGreaterThan(90_000);
  await give(alice, 'paste', [large]);
  await expect(toast(alice, /large\.gif is larger than the 64 KiB/)).toBeVisible();
  expect(sent).toBe(0);
  await give(alice, 'paste', [{ name: 'none.png', type: 'image/png', base64: btoa('<svg/>') }]);
  await expect(toast(alice, /none\.png is none of PNG/)).toBeVisible();
  await give(alice, 'paste', [{ name: 'none.jpg', type: 'image/jpeg', base64: btoa('no photo') }]);
  await expect(toast(alice, /none\.jpg is none of PNG/)).toBeVisible();
  const noise = async (side: number): Promise<Given> => ({ name: `${side}.png`, type: 'image/png', base64: await drawn(alice, side, 'image/png', true) });
  await give(alice, 'paste', [await noise(110), await noise(111), await noise(112)]);
  await expect(toast(alice, /There is no room for 112\.png: the images of this pad have [\d.]+ KiB of 100 KiB/)).toBeVisible();
  expect((await alice.text()).match(/image/g)).toHaveLength(2);
});

test('without a connection it can be tried again', async ({ open }) => {
  const alice = await (await open()).ready();
  await alice.page.route('**/images', (route) => route.abort());
  await give(alice, 'paste', [await png(alice)]);
  const failed = toast(alice, images.refused['unreachable']!('image.png', { limit: '', used: '', room: '' }));
  await expect(failed).toBeVisible();
  await alice.page.unroute('**/images');
  await failed.getByRole('button', { name: images.tryAgain }).click();
  await expect.poll(() => alice.text()).toMatch(/image\/[\w-]{22}$/);
});

test('the file of the preview holds its images', async ({ open, server }) => {
  const alice = await (await open()).ready();
  await alice.choose('Markdown');
  await alice.type('Cats\n\n');
  await give(alice, 'paste', [await png(alice)]);
  await expect.poll(() => alice.text()).toMatch(ADDRESS);
  const coming = alice.page.waitForEvent('download');
  await alice.act('downloadHtml');
  const html = fs.readFileSync(await (await coming).path(), 'utf8');
  const [, , address] = ADDRESS.exec(await alice.text())!;
  const bytes = (await server.get(address!)).body.toString('base64');
  expect(html).toContain(`data:image/png;base64,${bytes}`);
  expect(html).not.toContain('/image/');
});

test('by a link for editing images are added, by one for reading they are seen', async ({ open, server }) => {
  const link = async (role: string): Promise<string> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await server.get('/api/document/shared/links', { method: 'POST', body: JSON.stringify({ role }), headers });
    return `#/link/${(JSON.parse(answer.text) as { token: string }).token}`;
  };
  const [editing, reading] = [await link('edit'), await link('view')];
  const alice = await (await open(editing)).ready();
  await alice.choose('Markdown');
  await give(alice, 'paste', [await png(alice)]);
  await expect.poll(() => alice.text()).toMatch(ADDRESS);
  await alice.saved();
  const bob = await open(reading);
  await bob.complete();
  await expect.poll(() => bob.text()).toMatch(ADDRESS);
  const before = await bob.text();
  await give(bob, 'drop', [await png(bob)]);
  await give(bob, 'paste', [await png(bob)]);
  const menu = await bob.menu();
  await expect(menu.getByText(actions.names.image)).toHaveCount(0);
  expect(await bob.text()).toBe(before);
});

test.describe('where images are off', () => {
  test.use({ settings: {} });

  test('a sentence says who can switch them on, and nothing in the menu promises more', async ({ open }) => {
    const alice = await (await open()).ready();
    await give(alice, 'paste', [await png(alice)]);
    await expect(toast(alice, images.off)).toBeVisible();
    await alice.shows('');
    const menu = await alice.menu();
    await expect(menu.getByText(actions.names.open, { exact: true })).toBeVisible();
    await expect(menu.getByText(actions.names.image)).toHaveCount(0);
  });
});
