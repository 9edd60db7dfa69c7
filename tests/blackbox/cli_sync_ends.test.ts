// However `kolabpad sync` ends, it says what of the file is not in the pad, and what to do about that.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { addressOf, Cli } from './support/cli.ts';
import type { Ended } from './support/cli.ts';
import { v1 } from './support/clients.ts';
import type { V1Client } from './support/clients.ts';
import { ask, makeLink, pathOf, takeCharge } from './support/rights.ts';
import type { Server } from './support/server.ts';
import { startServer } from './support/server.ts';
import { fill, letGo, smallDisk, whyNoDisk } from './support/small_disk.ts';
import { until } from './support/wait.ts';

const TEXT = 'one\n';
const IS_LACKING = /kolabpad: not all that was changed in notes\.txt is in the pad; (.*)\n/;

/** A pad that a v1 client began, so that nobody owns it, and a file that is kept the same. */
type Kept = { server: Server; alice: V1Client; file: string; one: Cli };

async function keptFile(addressIn: (server: Server) => Promise<string> | string, more: string[] = []): Promise<Kept> {
  const server = await startServer();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kolabpad-sync-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'notes.txt');
  const alice = await v1(server, 'pad');
  await alice.type(TEXT);
  const one = new Cli(['sync', ...more, await addressIn(server), file], { XDG_STATE_HOME: path.join(folder, 'state') });
  await one.says(/kept the same/);
  return { server, alice, file, one };
}

const padOf = (server: Server): string => addressOf(server, 'pad');
const linkOf = (role: string) => async (server: Server): Promise<string> =>
  `http://127.0.0.1:${server.port}/#/link/${(await makeLink(server, 'pad', { role })).token}`;

/** While the program stands still the file is saved, and then that happens. */
async function saveAndThen({ file, one }: Kept, happens: () => Promise<unknown>): Promise<void> {
  one.signal('SIGSTOP');
  appendFileSync(file, 'two\n');
  await happens();
  one.signal('SIGCONT');
}

async function expectEnd(one: Cli, code: number, advice: RegExp | undefined): Promise<Ended> {
  const ended = await one.ended;
  expect(ended.code, ended.err).toBe(code);
  const [, found] = IS_LACKING.exec(ended.err) ?? [];
  if (advice === undefined) expect(found).toBeUndefined();
  else expect(found, ended.err).toMatch(advice);
  return ended;
}

describe('the server refuses', () => {
  test('a link that only reads', async () => {
    const { one, file } = await keptFile(linkOf('view'));
    appendFileSync(file, 'two\n');
    await expectEnd(one, 1, /sent when this is called again and the address may write/);
  });

  test('only the owner writes from now on', async () => {
    const { server, one, file } = await keptFile(padOf);
    const owner = await takeCharge(server, 'pad');
    await ask(server, 'PATCH', pathOf('pad'), { write: 'owner' }, owner);
    appendFileSync(file, 'two\n');
    await expectEnd(one, 1, /sent when this is called again and the address may write/);
    expect(await server.text('pad')).toBe(TEXT);
    await ask(server, 'PATCH', pathOf('pad'), { write: 'editors' }, owner); // and so it is
    const again = new Cli(['sync', padOf(server), file], { XDG_STATE_HOME: path.join(path.dirname(file), 'state') });
    await again.says(/kept the same/);
    await until('the change', async () => (await server.text('pad')) === `${TEXT}two\n`);
    again.signal('SIGTERM');
    await expectEnd(again, 0, undefined);
  });

  test('a link that was withdrawn', async () => {
    let id = '';
    const kept = await keptFile(async (server) => {
      const link = await makeLink(server, 'pad', { role: 'edit' });
      id = link.id;
      return `http://127.0.0.1:${server.port}/#/link/${link.token}`;
    });
    await saveAndThen(kept, () => ask(kept.server, 'DELETE', pathOf('pad', `/links/${id}`)));
    await expectEnd(kept.one, 1, /kolabpad new < notes\.txt makes a pad of it/);
  });

  test('the pad was deleted', async () => {
    const kept = await keptFile(padOf);
    await saveAndThen(kept, () => ask(kept.server, 'DELETE', pathOf('pad')));
    await expectEnd(kept.one, 1, /kolabpad new < notes\.txt makes a pad of it/);
  });
});

describe('the server is not there', () => {
  test('and does not come back in time', async () => {
    const kept = await keptFile(padOf, ['--timeout', '1']);
    await saveAndThen(kept, () => kept.server.kill());
    await expectEnd(kept.one, 3, /sent when this is called again/);
  });

  test('before Ctrl+C', async () => {
    const kept = await keptFile(padOf);
    await saveAndThen(kept, () => kept.server.kill());
    await kept.one.says(/connection is lost/);
    kept.one.signal('SIGINT');
    await expectEnd(kept.one, 3, /sent when this is called again/);
  });

  test('and nothing was saved meanwhile', async () => {
    const { server, one } = await keptFile(padOf);
    await server.kill();
    await one.says(/connection is lost/);
    one.signal('SIGINT');
    await expectEnd(one, 0, undefined);
  });
});

describe('the file', () => {
  test('is no text when it ends', async () => {
    const { one, file } = await keptFile(padOf);
    writeFileSync(file, 'one\r\ntwo\r\n');
    await one.says(/dos2unix/);
    one.signal('SIGINT');
    await expectEnd(one, 1, /sent when this is called again and the file is mended/);
  });

  test('is gone, and what was saved before that is in the pad', async () => {
    const { server, one, file } = await keptFile(padOf);
    appendFileSync(file, 'two\n');
    await until('the change', async () => (await server.text('pad')) === `${TEXT}two\n`);
    rmSync(file);
    await one.says(/is gone/);
    one.signal('SIGINT');
    await expectEnd(one, 0, undefined);
  });

  test.skipIf(whyNoDisk() !== null)('is on a full disk', async () => {
    const disk = smallDisk('1m');
    onTestFinished(() => letGo(disk));
    const server = await startServer();
    const alice = await v1(server, 'pad');
    await alice.type(TEXT);
    const file = path.join(disk, 'notes.txt');
    const state = mkdtempSync(path.join(os.tmpdir(), 'kolabpad-sync-'));
    onTestFinished(() => rmSync(state, { recursive: true, force: true }));
    const one = new Cli(['sync', padOf(server), file], { XDG_STATE_HOME: state });
    await one.says(/kept the same/);
    fill(disk);
    await alice.type('x'.repeat(20_000));
    await one.says(/cannot be written: No space left/);
    one.signal('SIGINT');
    const { err } = await expectEnd(one, 1, undefined);
    expect(err).toMatch(/notes\.txt does not have all that others typed; it is written when this is called again/);
    expect(readFileSync(file, 'utf8')).toBe(TEXT);
  });

  test('cannot be written', async () => {
    const { one, file, alice } = await keptFile(padOf);
    const folder = path.dirname(file);
    one.signal('SIGSTOP');
    rmSync(path.join(folder, 'state'), { recursive: true }); // there is no room for the record: as where the disk is full
    writeFileSync(path.join(folder, 'state'), '');
    await alice.type('three\n');
    one.signal('SIGCONT');
    const { err } = await expectEnd(one, 1, undefined);
    expect(err).toMatch(/notes\.txt does not have all that others typed; it is written when this is called again/);
  });

  test('cannot be sent, since its record cannot be written', async () => {
    const kept = await keptFile(padOf);
    const folder = path.dirname(kept.file);
    await saveAndThen(kept, async () => {
      rmSync(path.join(folder, 'state'), { recursive: true });
      writeFileSync(path.join(folder, 'state'), '');
    });
    const { err } = await expectEnd(kept.one, 1, /sent when this is called again/);
    expect(err).toMatch(/cannot be written: /);
  });
});
