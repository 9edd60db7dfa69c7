// Faults that take the server, the network, the tab or the browser away while
// somebody types: what the page says stays true, and every key is there in the
// end, once.
import type { BrowserContext, Dialog } from '@playwright/test';
import fs from 'node:fs';
import path from 'node:path';
import { buildFaultyIo, ERRNO, FaultyIo } from '../chaos/faulty_io.ts';
import { Network } from '../chaos/network.ts';
import type { Server } from '../blackbox/support/server_process.ts';
import { temporaryFolder } from '../blackbox/support/server_process.ts';
import { expect, Pad, test as base, words } from './pad.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

type Fixtures = {
  /** A network in front of the server, which goes when the test does. */
  network: () => Promise<Network>;
};

const test = base.extend<Fixtures>({
  network: async ({ server }, use) => {
    const networks: Network[] = [];
    await use(async () => {
      const network = await Network.open(() => server.port);
      networks.push(network);
      return network;
    });
    for (const network of networks) await network.close();
  },
});

/** What the page says of its connection, all of it. */
const sayings = (pad: Pad) => pad.page.getByRole('region', { name: words.status.heading });
const sorted = (text: string): string => [...text].sort().join('');
/** So many characters, no two alike. */
const distinct = (n: number, first: number): string[] => Array.from({ length: n }, (_, i) => String.fromCodePoint(first + i));
const [HAN, SIGNS] = [0x4e00, 0x1f300]; // of one UTF-16 unit, and of two

/** From here on the page's time is the test's. */
async function takeClock(pad: Pad): Promise<void> {
  await pad.page.clock.install();
  await pad.page.reload();
  await pad.ready();
}

/**
 * The page's time stands still. Where the page is slow, the moment that it is told is past when it hears of it: then it
 * fails with the clock stopped already, and cannot be too late once more.
 */
async function stopClock({ page }: Pad): Promise<void> {
  const pause = async (): Promise<void> => page.clock.pauseAt(await page.evaluate(() => Date.now() + 500));
  await pause().catch(pause);
}

/** Lets the page's time pass second by second until it says so, and gives how many it took. */
async function secondsUntil(pad: Pad, status: string, most: number): Promise<number> {
  for (let seconds = 0; seconds <= most; seconds++) {
    await pad.page.clock.runFor(SECOND);
    for (let i = 0; i < 10; i++) {
      if ((await pad.status.textContent()) === status) return seconds;
      await pad.page.clock.runFor(20); // frames, for what the server says meanwhile
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
  throw new Error(`after ${most} s the page says "${await pad.status.textContent()}"`);
}

/** Waits until it is said, while the page's time goes on by a frame now and then: it may have heard only now of what was. */
async function says(pad: Pad, ...sentences: string[]): Promise<void> {
  await expect(async () => {
    await pad.page.clock.runFor(20);
    const said = (await sayings(pad).allTextContents()).join(' ');
    for (const sentence of sentences) expect(said).toContain(sentence);
  }).toPass({ timeout: 30_000 });
}

/** Waits until the changes are written down in the browser. */
async function kept(pad: Pad, changes: number): Promise<void> {
  const inBrowser = (): Promise<number> =>
    pad.page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open('kolabpad');
        request.onsuccess = () => resolve(request.result);
      });
      const records = await new Promise<{ changes: number }[]>((resolve) => {
        const request = database.transaction('unsent').objectStore('unsent').getAll();
        request.onsuccess = () => resolve(request.result);
      });
      database.close();
      return records.reduce((sum, record) => sum + record.changes, 0);
    });
  await expect.poll(inBrowser).toBe(changes);
}

/** Tries to go elsewhere, in the same tab: Chromium may end when one asks to close its last one. Was there a question? */
async function isWarned({ page }: Pad): Promise<boolean> {
  let isAsked = false;
  const stay = async (dialog: Dialog): Promise<void> => {
    isAsked = dialog.type() === 'beforeunload';
    await dialog.dismiss();
  };
  page.on('dialog', stay);
  await page.goto('about:blank').catch(() => undefined); // refused: it stays where it is
  page.off('dialog', stay);
  return isAsked;
}

const draftDialog = (pad: Pad) => pad.page.getByRole('dialog', { name: words.recoveredDraft.heading });

/** A new visit takes what an earlier one of the same browser left behind, and the server gets it once. */
async function takesLeftover(context: BrowserContext, server: Server, url: string, changes: number, text: string): Promise<void> {
  const again = await Pad.visit(context, url);
  await expect(draftDialog(again)).toContainText(`${changes} changes`);
  await again.page.getByRole('button', { name: words.recoveredDraft.send }).click();
  await again.ready();
  await again.shows(text);
  expect(await server.text('shared')).toBe(text);
  expect(again.complaints).toEqual([]);

  // It is offered once.
  const later = await Pad.visit(context, url);
  await later.ready();
  await expect(draftDialog(later)).toHaveCount(0);
  await later.shows(text);
}

test('kill -9 while two type: both end with the same text, every key in it once', async ({ open, server }) => {
  const pads = [await (await open()).ready(), await (await open()).ready()];
  const keys = [distinct(60, HAN), distinct(60, SIGNS)];
  const typing = pads.map(async (pad, i) => {
    await pad.editor.focus();
    for (const key of keys[i]!) {
      await pad.page.keyboard.type(key);
      await pad.page.waitForTimeout(30);
    }
  });
  for (let kills = 0; kills < 2; kills++) {
    await pads[0]!.page.waitForTimeout(500);
    await server.kill();
    await server.restart();
  }
  await Promise.all(typing);
  for (const pad of pads) await pad.saved();
  const text = await server.text('shared');
  for (const pad of pads) await pad.shows(text);
  expect(sorted(text)).toBe(sorted(keys.flat().join('')));
});

test('a lid closed for an hour over unsent text: back within seconds, and the text is right', async ({ open, server, network }) => {
  const road = await network();
  const alice = await open('#shared', {}, road.port);
  await takeClock(alice);
  const bob = await (await open()).ready();
  await alice.type('before. ');
  await bob.shows('before. ');

  // The network is gone without a word, she types on, the lid closes: no timer runs.
  Object.assign(road.up, { swallows: true });
  Object.assign(road.down, { swallows: true });
  await stopClock(alice);
  await alice.type('hers. ');
  await expect(alice.page.locator('.status-sign')).toHaveAttribute('data-busy', 'true');
  await bob.type('his. ');
  await bob.saved();
  road.heal(); // the old connection stays as dead as it is

  await alice.page.clock.fastForward(60 * MINUTE);
  await expect(alice.status).not.toHaveText(words.status.connected);
  expect(await secondsUntil(alice, words.status.connected, 20)).toBeLessThanOrEqual(3);
  const text = await server.text('shared');
  expect(sorted(text)).toBe(sorted('before. hers. his. '));
  await alice.shows(text);
  await bob.shows(text);
});

test('ten minutes offline in two places: each is told and counts, and all of it comes together', async ({ open, server, network }) => {
  const places = await Promise.all(
    [distinct(10, HAN), distinct(10, SIGNS)].map(async (keys) => {
      const road = await network();
      const pad = await open('#shared', {}, road.port);
      await takeClock(pad);
      return { road, pad, keys };
    }),
  );
  await places[0]!.pad.type('start');
  await places[1]!.pad.shows('start');

  const away = places.map(async ({ road, pad, keys }, i) => {
    road.unplug();
    await pad.page.context().setOffline(true);
    await stopClock(pad);
    for (const [minute, key] of keys.entries()) {
      await pad.editor.focus();
      await pad.page.keyboard.press(i === 0 ? 'Control+Home' : 'Control+End');
      await pad.page.keyboard.type(key);
      await pad.page.clock.runFor(MINUTE);
      await says(pad, words.status.offline, words.status.kept(minute + 1));
    }
  });
  await Promise.all(away);

  for (const { road, pad } of places) {
    road.plug();
    await pad.page.context().setOffline(false);
    expect(await secondsUntil(pad, words.status.connected, 20)).toBeLessThanOrEqual(3);
    await pad.page.clock.resume();
  }
  const text = await server.text('shared');
  expect(sorted(text)).toBe(sorted(`start${places.flatMap(({ keys }) => keys).join('')}`));
  for (const { pad } of places) await pad.shows(text);
});

test('a tab that crashed: what it had not sent is offered to the next, and sent once', async ({ open, server }) => {
  const alice = await (await open()).ready();
  await alice.type('sent. ');
  await alice.saved();
  await server.kill();
  await alice.type('unsent. ');
  await kept(alice, 8);
  const url = alice.page.url();
  const context = alice.page.context();
  const crashed = alice.page.waitForEvent('crash');
  void (await context.newCDPSession(alice.page)).send('Page.crash').catch(() => undefined);
  await crashed;
  await server.restart();
  await takesLeftover(context, server, url, 8, 'sent. unsent. ');
});

test('regression: what was typed a moment before one left is offered, too', async ({ open, server }) => {
  const alice = await (await open()).ready();
  await server.kill();
  await expect(alice.status).not.toHaveText(words.status.connected);
  const url = alice.page.url();
  alice.page.once('dialog', (dialog) => void dialog.accept());
  await alice.type('so');
  await alice.page.goto('about:blank');
  await server.restart();
  await alice.page.goto(url);
  await expect(draftDialog(alice)).toContainText('2 changes');
  await alice.page.getByRole('button', { name: words.recoveredDraft.send }).click();
  await alice.saved();
  expect(await server.text('shared')).toBe('so');
});

test('a browser closed with unsent text offers it when it is opened again', async ({ playwright, launchOptions, server }) => {
  const folder = temporaryFolder();
  const launch = (): Promise<BrowserContext> => playwright.chromium.launchPersistentContext(folder, launchOptions);
  try {
    const first = await launch();
    const url = `http://127.0.0.1:${server.port}/#shared`;
    const alice = await (await Pad.visit(first, url)).ready();
    await alice.type('sent. ');
    await alice.saved();
    await server.kill();
    await alice.type('unsent. ');
    await kept(alice, 8);
    await first.close();

    await server.restart();
    const second = await launch();
    await takesLeftover(second, server, url, 8, 'sent. unsent. ');
    await second.close();
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

test('regression: what two tabs left is offered one after the other, to be looked at first, and all of it sent once', async ({ open, server }) => {
  const alice = await (await open()).ready();
  const context = alice.page.context();
  const url = alice.page.url();
  const second = await (await Pad.visit(context, url)).ready();
  await alice.type('sent. ');
  await second.shows('sent. ');
  await server.kill();
  await alice.type('one. ');
  await kept(alice, 5);
  await second.type('two.');
  await kept(alice, 9);
  const third = await context.newPage(); // so that the browser stays
  await alice.page.close();
  await second.page.close();
  await server.restart();

  await third.goto(url);
  const dialog = third.getByRole('dialog', { name: words.recoveredDraft.heading });
  for (const text of ['sent. one. ', 'sent. two.']) {
    await dialog.getByText(words.recoveredDraft.show).click();
    await expect(dialog.getByRole('textbox', { name: words.recoveredDraft.text })).toHaveValue(text);
    await dialog.getByRole('button', { name: words.recoveredDraft.send }).click();
  }
  await expect.poll(() => server.text('shared')).toMatch(/^sent. (one. two.|two.one. )$/);
  await expect(third.getByRole('group', { name: words.people.heading(1) })).toBeVisible(); // nobody is left on the side
  await third.reload();
  await expect(third.getByTestId('status')).toHaveText(words.status.connected);
  await expect(dialog).toHaveCount(0);
});

test('regression: what is not decided yet is offered again by the page that comes next', async ({ open, server }) => {
  const alice = await (await open()).ready();
  const url = alice.page.url();
  await server.kill();
  await alice.type('left');
  await kept(alice, 4);
  alice.page.once('dialog', (dialog) => void dialog.accept());
  await alice.page.goto('about:blank');
  await server.restart();
  await alice.page.goto(url);
  for (let times = 0; times < 3; times++) {
    await expect(draftDialog(alice)).toContainText('4 changes');
    await alice.page.reload();
  }
  await alice.page.getByRole('button', { name: words.recoveredDraft.send }).click();
  await alice.saved();
  expect(await server.text('shared')).toBe('left');
});

test.describe('without locks, as on plain HTTP', () => {
  const withoutLocks = async (context: BrowserContext): Promise<void> => {
    await context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined }));
  };

  test('a tab that crashed is offered at once', async ({ open, server }) => {
    const alice = await open();
    const context = alice.page.context();
    await withoutLocks(context);
    await alice.page.reload();
    await alice.ready();
    await alice.type('sent. ');
    await alice.saved();
    await server.kill();
    await alice.type('unsent. ');
    await kept(alice, 8);
    const url = alice.page.url();
    const crashed = alice.page.waitForEvent('crash');
    void (await context.newCDPSession(alice.page)).send('Page.crash').catch(() => undefined);
    await crashed;
    await server.restart();
    await takesLeftover(context, server, url, 8, 'sent. unsent. ');
  });

  test('regression: a tab that the browser froze does not double what another sent for it', async ({ open, server, network }) => {
    const road = await network();
    const alice = await open('#shared', {}, road.port);
    const context = alice.page.context();
    await withoutLocks(context);
    await alice.page.reload();
    await alice.ready();
    await alice.type('sent. ');
    await alice.saved();
    road.unplug();
    await alice.type('unsent. ');
    await kept(alice, 8);
    // A frozen tab runs nothing, and what comes in waits for it; as in a debugger.
    const tab = await context.newCDPSession(alice.page);
    const frozen = new Promise((resolve) => tab.once('Debugger.paused', resolve));
    await tab.send('Debugger.enable');
    await tab.send('Debugger.pause');
    await frozen;

    road.plug();
    await takesLeftover(context, server, alice.page.url(), 8, 'sent. unsent. ');
    await tab.send('Debugger.disable');
    await expect(sayings(alice)).toContainText(words.status.reason.replaced);
    await alice.type('And more.');
    await alice.page.getByRole('button', { name: words.status.retryNow }).click();
    await alice.saved();
    await alice.shows('sent. unsent. ');
    const banner = alice.page.getByRole('alert').filter({ hasText: words.unmerged.why.elsewhere.heading });
    await banner.getByRole('button', { name: words.unmerged.restore }).click();
    await alice.saved();
    expect(await server.text('shared')).toBe('sent. unsent. And more.');
  });
});

test('a database put back from an older copy: everyone is told, and what they had is kept and can be put back', async ({ open, server }) => {
  const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
  await alice.type('in the backup. ');
  await bob.shows('in the backup. ');
  await server.stop();
  const copy = `${server.database}.copy`;
  fs.copyFileSync(server.database, copy);
  await server.restart();
  await alice.ready();
  await bob.ready();
  await alice.type('after it. ');
  await bob.shows('in the backup. after it. ');

  await server.kill();
  await expect(alice.status).not.toHaveText(words.status.connected);
  await alice.type('unsent.');
  for (const end of ['-wal', '-shm']) fs.rmSync(server.database + end, { force: true });
  fs.copyFileSync(copy, server.database);
  await server.restart();

  const told = [alice, bob].map((pad) => pad.page.getByRole('alert').filter({ hasText: words.unmerged.why.set_back.heading }));
  for (const banner of told) await expect(banner).toBeVisible();
  await alice.saved();
  await bob.saved();
  await expect.poll(() => server.text('shared')).toBe('in the backup. unsent.'); // what was never sent stands on the older text
  await bob.shows('in the backup. unsent.');

  expect(await isWarned(alice)).toBe(true); // the last copy of that text is in this tab
  await told[0]!.getByRole('button', { name: words.unmerged.restore }).click();
  await expect(told[0]!).toBeHidden();
  await alice.saved();
  await bob.shows('in the backup. after it. unsent.');
  await told[1]!.getByRole('button', { name: words.unmerged.discard }).click();
  await expect(told[1]!).toBeHidden();
  expect(await server.text('shared')).toBe('in the backup. after it. unsent.');
  expect(await isWarned(bob)).toBe(false);
});

test.describe('a disk that is full', () => {
  let io: FaultyIo;
  const folder = temporaryFolder();
  test.beforeAll(() => {
    buildFaultyIo();
    io = new FaultyIo(path.join(folder, 'faulty_io'));
  });
  test.afterAll(() => {
    io.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  test.afterEach(() => io.disk({})); // so that the server can stop, whatever came of the test
  test.use({ settings: async ({}, use) => use({ ...io.settings }) });

  test('is told of while it lasts; what is typed meanwhile is kept here, and saved once there is room', async ({ open, server }) => {
    const [alice, bob] = [await (await open()).ready(), await (await open()).ready()];
    await alice.type('before. ');
    await bob.shows('before. ');
    io.disk({ writeErrno: ERRNO.ENOSPC, percent: 100 });
    await alice.type('meanwhile. ');
    for (const pad of [alice, bob]) await expect(pad.status).toHaveText(words.status.storage);
    await expect(sayings(alice)).toContainText(/11 changes/);
    expect(await bob.text()).toBe('before. '); // so the page must not say that it reaches them
    expect(await isWarned(alice)).toBe(true);
    const late = await open(); // gets in when what stands in the text is saved
    await expect(late.status).not.toHaveText(words.status.connected);

    io.disk({});
    for (const pad of [alice, bob, late]) await pad.saved();
    for (const pad of [alice, bob, late]) await pad.shows('before. meanwhile. ');
    expect(await server.text('shared')).toBe('before. meanwhile. ');
    expect(await isWarned(alice)).toBe(false);
  });
});

test.describe('a refused change', () => {
  test.use({ settings: { MAX_DOCUMENT_SIZE_KB: 1 } });

  test('can be copied, downloaded and taken back; what is typed after it is not lost with it', async ({ open, server }) => {
    const alice = await (await open('#shared', { permissions: ['clipboard-read', 'clipboard-write'] })).ready();
    await alice.type('fits. ');
    await alice.saved();
    const long = 'x'.repeat(2_000);
    await alice.paste(long);
    const banner = alice.page.getByRole('alert').filter({ hasText: words.refusal.heading });
    await expect(banner).toContainText('1 KiB');
    await expect(alice.status).toHaveText(words.status.refused);
    await alice.type(' typed later.');
    const whole = `fits. ${long} typed later.`;

    await banner.getByRole('button', { name: words.refusal.copy }).click();
    await expect.poll(() => alice.page.evaluate(() => navigator.clipboard.readText())).toBe(whole);
    const download = alice.page.waitForEvent('download');
    await banner.getByRole('button', { name: words.refusal.download }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^fits. x+.*\.txt$/); // as any download of this pad is called
    expect(fs.readFileSync(await file.path(), 'utf8')).toBe(whole);
    expect(await isWarned(alice)).toBe(true);

    await banner.getByRole('button', { name: words.refusal.undo }).click();
    await expect(banner).toBeHidden();
    await alice.saved();
    await alice.shows('fits.  typed later.');
    expect(await server.text('shared')).toBe('fits.  typed later.');
    expect(await isWarned(alice)).toBe(false);
  });

  test('survives a restart and a reload: it is still here, and still said to be refused', async ({ open, server }) => {
    const alice = await (await open()).ready();
    await alice.type('fits. ');
    await alice.saved();
    await alice.paste('x'.repeat(2_000));
    const banner = alice.page.getByRole('alert').filter({ hasText: words.refusal.heading });
    await expect(banner).toBeVisible();
    await server.kill();
    await server.restart();
    await expect(alice.status).toHaveText(words.status.refused);
    await expect(banner).toBeVisible();

    await kept(alice, 1);
    alice.page.once('dialog', (dialog) => void dialog.accept());
    await alice.page.reload();
    await alice.page.getByRole('button', { name: words.recoveredDraft.send }).click();
    await expect(banner).toBeVisible();
    expect(await alice.text()).toHaveLength(2_006);
    expect(await server.text('shared')).toBe('fits. ');
    await alice.editor.focus();
    await alice.page.keyboard.press('Control+a');
    await alice.page.keyboard.type('short');
    await expect(banner).toBeHidden();
    await alice.saved();
    expect(await server.text('shared')).toBe('short');
  });

  test('regression: of two that were left, the one that does not fit is shown and kept', async ({ open, server }) => {
    const alice = await (await open()).ready();
    const context = alice.page.context();
    const url = alice.page.url();
    const second = await (await Pad.visit(context, url)).ready();
    await server.kill();
    await alice.paste('a'.repeat(600));
    await kept(alice, 1);
    await second.paste('b'.repeat(600));
    await kept(alice, 2);
    const third = await context.newPage();
    await alice.page.close();
    await second.page.close();
    await server.restart();

    await third.goto(url);
    for (let times = 0; times < 2; times++) await third.getByRole('button', { name: words.recoveredDraft.send }).click();
    const banner = third.getByRole('alert').filter({ hasText: /./ });
    await expect(banner).toBeVisible();
    await expect(third.getByRole('group', { name: words.people.heading(1) })).toBeVisible(); // nobody waits on the side
    expect(await server.text('shared')).toMatch(/^(a{600}|b{600})$/);
  });
});
