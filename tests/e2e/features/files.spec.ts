// A file that was opened into a pad comes back as it was: its name, its line ends, its byte order mark.
import fs from 'node:fs';
import type { Pad } from '../pad.ts';
import { expect, test } from '../pad.ts';
import { files } from '../../../frontend/src/strings/files_en.ts';

const BATCH = '@echo off\r\nrem Grüße\r\ndir\r\n';
const TABLE = '\uFEFFname;size\r\na;1\r\n';

/** The name and the bytes of what the menu, or a key, has the browser save. */
async function downloaded(pad: Pad, how: 'menu' | 'key' = 'menu'): Promise<[name: string, content: string]> {
  const coming = pad.page.waitForEvent('download');
  if (how === 'key') await pad.page.keyboard.press('Control+s');
  else await pad.act('download');
  const file = await coming;
  return [file.suggestedFilename(), fs.readFileSync(await file.path(), 'utf8')];
}

test('regression: what was opened is downloaded under its name and with its line ends', async ({ open, server }) => {
  const alice = await (await open()).ready();
  await alice.openFile('script.bat', BATCH);
  await alice.shows(BATCH.replaceAll('\r\n', '\n'));
  await alice.saved();
  expect(await server.text('shared')).toBe(BATCH.replaceAll('\r\n', '\n'));
  expect(await downloaded(alice)).toEqual(['script.bat', BATCH]);
  await alice.type('pause\n');
  await alice.saved();
  expect(await downloaded(alice, 'key')).toEqual(['script.bat', `${BATCH}pause\r\n`]);
  await alice.page.reload(); // it is remembered in this browser…
  await alice.ready();
  expect(await downloaded(alice)).toEqual(['script.bat', `${BATCH}pause\r\n`]);
  const bob = await (await open()).ready(); // …and others have the pad's title, with what its language asks for
  await expect(bob.language).toHaveValue('bat');
  expect(await downloaded(bob)).toEqual(['@echo off.bat', `${BATCH}pause\r\n`]);
});

test('a byte order mark comes back; a file in place of another takes its name, and Undo takes it back', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.openFile('table.csv', TABLE);
  await pad.shows('name;size\na;1\n');
  await pad.saved();
  expect(await downloaded(pad)).toEqual(['table.csv', TABLE]);
  await pad.openFile('README', '# Read\nme\n');
  await pad.page.getByRole('button', { name: files.replace }).click();
  await pad.saved();
  expect(await downloaded(pad)).toEqual(['README', '# Read\nme\n']);
  await pad.pressUntil('Control+z', 'name;size\na;1\n');
  expect(await downloaded(pad)).toEqual(['table.csv', TABLE]);
  await pad.openFile('more.txt', 'b;2\n');
  await pad.page.getByRole('button', { name: files.insert }).click();
  expect((await downloaded(pad))[0]).toBe('table.csv');
});

test('a pad that was emptied and is opened again is no file, nor is a text that was typed', async ({ open }) => {
  const pad = await (await open()).ready();
  await pad.openFile('old.txt', 'old\r\n');
  await pad.shows('old\n');
  await pad.saved();
  await pad.editor.focus();
  await pad.page.keyboard.press('Control+a');
  await pad.page.keyboard.press('Delete');
  await pad.saved();
  await pad.page.reload();
  await pad.ready();
  await pad.type('New\ntext');
  await pad.saved();
  expect(await downloaded(pad)).toEqual(['New.txt', 'New\ntext']);
});
