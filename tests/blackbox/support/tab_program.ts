// tab_program.ts - a tab as a process of its own: a page without a screen that runs
// the client that is shipped, and a user who types what comes in on stdin. Says how
// it is, as a line of JSON, whenever that has changed. Started by tab_process.ts,
// bundled:  node tab_program.mjs SOCKET_URL KERNEL_WASM
import fs from 'node:fs';
import readline from 'node:readline';
import { setLogLevel } from '../../../frontend/src/browser/index.ts';
import type { Link } from '../../../frontend/src/session/index.ts';
import { TIMING } from '../../../frontend/src/session/index.ts';
import { initKernel } from '../../../frontend/src/sync/index.ts';
import { Random } from '../../../frontend/src/testing/random.ts';
import { Browser } from '../../chaos/browser/browser.ts';
import type { Intervals } from '../../chaos/browser/environment.ts';
import { PadPage } from '../../chaos/browser/pad_page.ts';
import { MemoryStorage } from '../../chaos/browser/storage.ts';

/** What it tells of itself. */
export type TabState = {
  /** Joined, and caught up. */
  isUp: boolean;
  text: string;
  unsaved: number;
  /** Connections that the server answered, and how many of them resumed. */
  welcomes: number;
  resumes: number;
  /** Connections that ended because nothing was heard. */
  silences: number;
};

const SILENCE_MS = 2000;
const TELL_EVERY_MS = 10;

const INTERVALS: Intervals = {
  ...TIMING,
  transport: { pingEveryMs: 300, pongMs: SILENCE_MS, openMs: SILENCE_MS, answerMs: 2 * SILENCE_MS, silentMs: 3 * SILENCE_MS },
  backoff: { firstMs: 200, longestMs: 400, soonMs: [50, 200], oncePerMs: 60_000 },
  tabs: { answerMs: 200, leavingMs: 400 },
  claimedMs: 500,
};

class Tab {
  private readonly page: PadPage;
  private readonly counts = { welcomes: 0, resumes: 0, silences: 0 };
  private told = '';

  constructor(socketUrl: string) {
    const { host, pathname } = new URL(socketUrl);
    const place = {
      browser: new Browser({ isSecure: false, hasDatabase: true }, new Random(process.pid)),
      sessionStorage: new MemoryStorage(),
      base: `http://${host}/`,
      pad: decodeURIComponent(pathname.split('/').at(-1)!),
      name: 'Tab',
      intervals: INTERVALS,
    };
    this.page = new PadPage(place, {
      note: () => undefined,
      violated: (what) => this.end(what),
      onReload: () => this.end('wants to be loaded anew'),
      isWanted: () => true,
      onBegin: () => undefined,
      onHeard: (text) => this.heard(text),
      onLink: (link, closedWith) => this.linkIs(link, closedWith),
    });
    setInterval(() => this.tell(), TELL_EVERY_MS);
  }

  type(insert: string): void {
    const { length } = this.page.editor.text;
    this.page.type([{ from: length, to: length, insert }]);
  }

  private heard(text: string): void {
    if (!text.startsWith('{"Welcome"')) return;
    const { Welcome } = JSON.parse(text) as { Welcome: { resumed: boolean } };
    this.counts.welcomes += 1;
    if (Welcome.resumed) this.counts.resumes += 1;
  }

  private linkIs(link: Link, closedWith: number | null): void {
    if (link.kind === 'waiting' && closedWith === null) this.counts.silences += 1;
  }

  private tell(): void {
    const { session, editor } = this.page;
    if (!session) return;
    const isUp = session.link.peek().kind === 'up';
    const state: TabState = { isUp, text: editor.text, unsaved: session.unsaved.peek(), ...this.counts };
    const line = JSON.stringify(state);
    if (line !== this.told) process.stdout.write(`${line}\n`);
    this.told = line;
  }

  private end(why: string): never {
    console.error(`the tab ${why}`);
    process.exit(1);
  }
}

const [url, kernel] = process.argv.slice(2) as [string, string];
setLogLevel('none');
initKernel(new Uint8Array(fs.readFileSync(kernel)));
const tab = new Tab(url);
readline.createInterface({ input: process.stdin }).on('line', (line) => tab.type(line)).on('close', () => process.exit(0));
