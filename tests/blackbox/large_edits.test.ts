// Whatever fits into a document can be written into it, also where one message
// could not hold the edit: by the client that is shipped, without a screen.
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { setLogLevel } from '../../frontend/src/browser/index.ts';
import type { Change } from '../../frontend/src/kernel/index.ts';
import { TIMING } from '../../frontend/src/session/index.ts';
import { initKernel } from '../../frontend/src/sync/index.ts';
import { Random } from '../../frontend/src/testing/random.ts';
import { Browser } from '../chaos/browser/browser.ts';
import type { Intervals } from '../chaos/browser/environment.ts';
import { PadPage } from '../chaos/browser/pad_page.ts';
import { MemoryStorage } from '../chaos/browser/storage.ts';
import { Network } from '../chaos/network.ts';
import { v2 } from './support/clients.ts';
import { seedOfRun } from './support/random.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { until } from './support/wait.ts';

const INTERVALS: Intervals = {
  ...TIMING,
  backoff: { firstMs: 20, longestMs: 60, soonMs: [5, 20], oncePerMs: 60_000 },
  tabs: { answerMs: 200, leavingMs: 400 },
  saveEveryMs: 100,
  claimedMs: 200,
};

beforeAll(() => {
  setLogLevel('none');
  initKernel(new Uint8Array(fs.readFileSync(path.join(import.meta.dirname, '../../frontend/src/kernel/kernel.wasm'))));
});

/** A page of that browser, without a screen. */
async function openPage(port: number, pad: string, browser: Browser): Promise<PadPage> {
  const faults: string[] = [];
  const place = { browser, sessionStorage: new MemoryStorage(), base: `http://127.0.0.1:${port}/`, pad, name: 'Page', intervals: INTERVALS };
  const page = new PadPage(place, {
    note: () => undefined,
    violated: (what) => faults.push(what),
    onReload: () => faults.push('wanted to be loaded anew'),
    isWanted: () => true,
    onBegin: () => undefined,
    onHeard: () => undefined,
    onLink: () => undefined,
  });
  onTestFinished(() => {
    page.page.kill();
    page.free();
    expect(faults).toEqual([]);
  });
  await until('the page has the pad', () => page.session?.isLoaded.peek());
  return page;
}

const newBrowser = (): Browser => new Browser({ isSecure: true, hasDatabase: true }, new Random(seedOfRun()));

async function saved(page: PadPage): Promise<void> {
  await until('everything is saved', () => {
    expect(page.session!.refusal.peek()).toBeNull();
    return page.session!.unsaved.peek() === 0;
  });
}

const whole = (page: PadPage, insert: string): Change[] => [{ from: 0, to: page.editor.text.length, insert }];

function everywhere(text: string, what: string, insert: string): Change[] {
  return [...text.matchAll(new RegExp(what, 'g'))].map(({ index }) => ({ from: index, to: index + what.length, insert }));
}

/** Texts of so many bytes, of which JSON makes more. */
const TEXTS: [string, (bytes: number) => string][] = [
  ['quoted CSV', (bytes) => '"a","b","","c"\n'.repeat(bytes / 15)],
  ['paths of Windows', (bytes) => 'C:\\Users\\a\\b\\c.txt\n'.repeat(bytes / 19)],
  ['blank lines', (bytes) => '\n'.repeat(bytes)],
  ['control characters', (bytes) => Array.from({ length: bytes }, (_, i) => String.fromCharCode(i % 13)).join('')],
  ['astral characters', (bytes) => '😀'.repeat(bytes / 4)],
];

describe.each([256, 1024])('in a pad of %i KiB', (kib) => {
  const server = useServer({ MAX_DOCUMENT_SIZE_KB: kib });
  const bytes = kib * 1024;

  test.each(TEXTS)('%s up to the limit are written, and undone', async (_, textOf) => {
    const text = textOf(bytes);
    const id = freshId();
    const [page, reader] = [await openPage(server().port, id, newBrowser()), await v2(server(), id)];
    page.type(whole(page, text));
    await saved(page);
    expect(await server().text(id)).toBe(text);
    await reader.until('the text', () => reader.text === text);
    page.type(whole(page, ''));
    await saved(page);
    expect(await server().text(id)).toBe('');
  });

  test('a comma is replaced everywhere, and back, while others type', async () => {
    const text = 'some text,12345,more text\n'.repeat(bytes / 26 - 200);
    const id = freshId();
    const page = await openPage(server().port, id, newBrowser());
    page.type(whole(page, text));
    await saved(page);
    const other = await openPage(server().port, id, newBrowser());
    const typing = setInterval(() => {
      const middle = Math.floor(other.editor.text.length / 2);
      other.type([{ from: middle, to: middle, insert: 'O' }]);
    }, 30);
    page.type(everywhere(text, ',', ';'));
    await saved(page);
    clearInterval(typing);
    await saved(other);
    const replaced = await server().text(id);
    expect(replaced.replaceAll('O', '')).toBe(text.replaceAll(',', ';'));
    await until('the page has all of it', () => page.editor.text === replaced);
    page.type(everywhere(replaced, ';', ','));
    await saved(page);
    expect((await server().text(id)).replaceAll('O', '')).toBe(text);
  });

  test('a text at the limit is replaced by another', async () => {
    const id = freshId();
    const page = await openPage(server().port, id, newBrowser());
    page.type(whole(page, '"'.repeat(bytes)));
    await saved(page);
    page.type(whole(page, '\\'.repeat(bytes)));
    await saved(page);
    expect(await server().text(id)).toBe('\\'.repeat(bytes));
  });

  test('one byte more is refused before anything is sent', async () => {
    const id = freshId();
    const page = await openPage(server().port, id, newBrowser());
    page.type(whole(page, '"'.repeat(bytes + 1)));
    expect(page.session!.refusal.peek()).toMatchObject({ code: 'document_too_large', limit: bytes });
    expect(await server().text(id)).toBe('');
    page.type([{ from: 0, to: 1, insert: '' }]);
    await saved(page);
    expect(await server().text(id)).toBe('"'.repeat(bytes));
  });
});

/** Lines that differ, so that one that is lost or doubled is seen. */
const LINES = Array.from({ length: 40_000 }, (_, i) => `"${i}","\\"\n`).join('');

test('over a connection that is cut in the middle of messages it arrives once', async () => {
  const server = await startServer();
  const random = new Random(seedOfRun());
  const network = await Network.open(() => server.port);
  onTestFinished(() => network.close());
  const id = freshId();
  const page = await openPage(network.port, id, newBrowser());
  for (const text of [LINES, LINES.replaceAll(',', ';')]) {
    let cuts = 0;
    const cutting = setInterval(() => {
      if (network.up.cutAfterBytes !== Infinity || page.session!.link.peek().kind !== 'up' || cuts > 8) return;
      cuts += 1;
      network[random.chance(50) ? 'up' : 'down'].cutAfterBytes = random.below(300_000);
    }, 5);
    page.type(text === LINES ? whole(page, text) : everywhere(LINES, ',', ';'));
    await saved(page);
    clearInterval(cutting);
    network.heal();
    expect(cuts).toBeGreaterThan(0);
    expect(await server.text(id)).toBe(text);
  }
});

test('a browser that dies half way goes on with the rest, and it is there once', async () => {
  const server = await startServer();
  const network = await Network.open(() => server.port);
  onTestFinished(() => network.close());
  const [id, browser] = [freshId(), newBrowser()];
  const first = await openPage(network.port, id, browser);
  network.up.delayMs = 40;
  first.type(whole(first, LINES));
  await until('some of it is there, and it is written down', async () => (await server.text(id)) !== '' && browser.records.length > 0);
  network.unplug();
  await until('the record is up to date', () => !browser.isWriting);
  first.page.kill();
  expect((await server.text(id)).length).toBeLessThan(LINES.length);
  network.plug();
  const second = await openPage(network.port, id, browser);
  await saved(second);
  await until('it is all there', async () => (await server.text(id)).length >= LINES.length);
  expect(await server.text(id)).toBe(LINES);
});
