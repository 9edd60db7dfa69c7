// (7) What the editor does by itself, and what phones have buttons for. (2) Names at carets.
import { devices } from '@playwright/test';
import { WebSocket } from 'ws';
import { expect, settings, test } from '../pad.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];

test('indents as the text does already, unless told not to', async ({ open }) => {
  const pad = await (await open()).ready();
  const text = 'one\n  two\n    three\nfour\n  five\n    six and some more words\nlast';
  await pad.paste(text);
  await pad.type('\n');
  await pad.page.keyboard.press('Tab');
  await pad.shows(`${text}\n  `);
  await pad.panel('settings');
  await expect(pad.page.getByText(settings.foundSpaces(2))).toBeVisible();
  await pad.page.getByRole('switch', { name: settings.detect }).click();
  await pad.editor.focus();
  await pad.page.keyboard.press('Shift+Tab');
  await pad.page.keyboard.press('Tab');
  await pad.shows(`${text}\n    `);
});

test('goes to a line by key', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.paste('a\nb\nc\nd');
  await pad.page.waitForLoadState('networkidle'); // the dialogs come after the page
  await pad.page.keyboard.press('Alt+g');
  await expect(pad.page.locator('.cm-dialog').getByRole('textbox')).toBeFocused();
  await pad.page.keyboard.type('2');
  await pad.page.keyboard.press('Enter');
  await expect(pad.editor).toBeFocused();
  await pad.page.keyboard.type('!');
  await expect.poll(() => pad.text()).toMatch(/^a\n(!b|b!)\nc\nd$/);
});

test('the tenth line moves none of the others', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.type('one line');
  const before = await pad.page.locator('.cm-line').first().boundingBox();
  await pad.type('\n'.repeat(9));
  await expect(pad.page.locator('.cm-line')).toHaveCount(10);
  expect((await pad.page.locator('.cm-line').first().boundingBox())!.x).toBe(before!.x);
});

test('a phone has buttons for what it has no keys for', async ({ open }) => {
  const pad = await (await open('#shared', pixel)).ready();
  await pad.tap();
  await pad.page.keyboard.insertText('some words');
  await pad.act('undo');
  await expect(pad.page.getByRole('dialog')).toHaveCount(0);
  await pad.shows('');
  await pad.act('redo');
  await pad.shows('some words');
  await pad.act('find');
  await expect(pad.page.getByRole('textbox', { name: 'Find' })).toBeVisible();
});

test('a line runs as its own letters do, and a language nobody knows keeps its name', async ({ open, server }) => {
  const pad = await (await open()).ready();
  await pad.paste('left\nשלום עולם\né and e\u0301');
  const direction = (n: number) =>
    pad.editor.locator('.cm-line').nth(n).evaluate((line) => {
      const range = document.createRange();
      range.selectNodeContents(line);
      return range.getBoundingClientRect().left - line.getBoundingClientRect().left;
    });
  expect(await direction(0)).toBeLessThan(20);
  expect(await direction(1)).toBeGreaterThan(100);
  const socket = new WebSocket(server.socketUrl('shared'));
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ SetLanguage: 'klingon' }));
  await pad.tells('klingon');
  await expect(pad.language).toHaveValue('klingon');
  socket.send(JSON.stringify({ SetLanguage: 'cpp' }));
  await expect(pad.language).toHaveValue('C++');
  socket.terminate();
});

test('a name is seen at a caret for a moment, and again when it is pointed at', async ({ open }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.paste('first line\nsecond line');
  await bob.shows('first line\nsecond line');
  const name = bob.carets.locator('.remote-name');
  const opacity = () => name.evaluate((element) => Number(getComputedStyle(element).opacity));
  await alice.page.keyboard.press('ArrowUp');
  await expect.poll(opacity).toBe(1);
  await expect.poll(opacity).toBe(0);
  await alice.page.keyboard.type('typing on');
  await bob.shows(await alice.text());
  expect(await opacity()).toBe(0); // still the same line
  await bob.editor.click();
  await bob.page.keyboard.type('mine moves nothing');
  expect(await opacity()).toBe(0);
  const box = (await bob.carets.boundingBox())!;
  await bob.page.mouse.move(box.x + 3, box.y + box.height / 2);
  await expect.poll(opacity).toBe(1);
  await bob.page.mouse.move(box.x + 60, box.y + 200);
  await expect.poll(opacity).toBe(0);
});

test('a name stays on the screen where its caret is at the end of the line', async ({ open }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.rename('Somebody with a long name');
  await alice.paste('left\nשלום עולם');
  await alice.page.keyboard.press('Home');
  await bob.shows('left\nשלום עולם');
  const name = bob.carets.locator('.remote-name');
  await expect(name).toHaveText('Somebody with a long name');
  await expect(name).toBeInViewport({ ratio: 1 });
  await alice.page.keyboard.press('ArrowUp');
  await alice.page.keyboard.press('Home');
  await expect(name).toBeInViewport({ ratio: 1 });
});
