// tab.ts - somebody at one tab of a browser: the pages that follow one another in
// it, each with the client that is shipped, and what the ledger must know of them.
import type { UnsentRecord } from '../../frontend/src/browser/index.ts';
import type { Change } from '../../frontend/src/kernel/index.ts';
import type { Link } from '../../frontend/src/session/index.ts';
import { TIMING } from '../../frontend/src/session/index.ts';
import type { SavedState } from '../../frontend/src/sync/index.ts';
import { points } from '../blackbox/support/operation.ts';
import type { Intervals } from './browser/environment.ts';
import { PadPage } from './browser/pad_page.ts';
import type { Page } from './browser/page.ts';
import type { Watcher } from './past.ts';
import type { BrowserSurroundings, Person } from './person.ts';
import type { Stroke } from './typing.ts';
import { strokes } from './typing.ts';
import type { Unsent } from './unsent.ts';
import { lostFrom, unsaidOf, unsentOf } from './unsent.ts';

/** Much shorter than those of the page, but for what waits for somebody else:
 * the machine may be loaded, and an answer that comes late is no fault. */
const INTERVALS: Intervals = {
  ...TIMING,
  transport: { pingEveryMs: 600, pongMs: 4000, openMs: 10_000, answerMs: 10_000, silentMs: 3000 },
  backoff: { firstMs: 60, longestMs: 1000, soonMs: [5, 60], oncePerMs: 3000 },
  saveEveryMs: 250,
  writeTimeoutMs: 20_000,
  retryEditMs: 300,
  caretPauseMs: 150,
  tabs: { answerMs: 400, leavingMs: 800 },
  claimedMs: 1000,
};

const THROWN_AWAY_PERCENT = 5;

export class Tab implements Person {
  /** null between two pages, and after the last. */
  #page: PadPage | null = null;
  #isGone = false;
  /** The page is gone, or about to be, and it is not known yet what of it was written down. */
  #isEnding = false;
  /** How often the saver of this page had its turn. */
  #turns = 0;
  /** When each point was typed in this page, in turns. */
  #typedAt = new Map<string, number>();
  /** What was typed before that turn is on the disk, or was acknowledged. */
  #writtenBefore = 0;
  /** What the present page was told of the text. */
  #watcher: Watcher;
  /** The text here may be taken back by what the server says next, and deletions in it with it: the database went back. */
  isOfThePast = false;

  constructor(private readonly around: BrowserSurroundings) {
    this.#watcher = around.past.watcher(around.pad);
    this.open();
  }

  get name(): string {
    return this.around.name;
  }

  get author(): string {
    return this.around.author;
  }

  get pad(): string {
    return this.around.pad;
  }

  get network() {
    return this.around.network;
  }

  get browser() {
    return this.around.browser;
  }

  get sessionStorage() {
    return this.around.sessionStorage;
  }

  get text(): string {
    return this.#page?.editor.text ?? '';
  }

  get isAway(): boolean {
    return !this.#page || this.#isEnding || this.#page.page.isFrozen;
  }

  get isSettled(): boolean {
    return !this.#isEnding && this.isUp && this.#page!.session!.isLoaded.peek() && !this.isUnsaved;
  }

  /** That of the session here. Records under other tokens are those of tabs that are gone, or drafts that are being sent. */
  get token(): string | null {
    return this.#page?.token ?? null;
  }

  /** Does this page go on as the tab of that token, or send its draft in the background? */
  hasClaimed(token: string): boolean {
    return this.#page !== null && (this.token === token || this.browser.claims.get(token)?.by === this.#page.page);
  }

  unsent(): Unsent {
    return unsentOf(this.#page?.unsent);
  }

  /** What cannot have reached the server: not even in flight. */
  get unsaid(): string {
    return unsaidOf(this.#page?.unsent);
  }

  describe(): string {
    const session = this.#page?.session;
    if (!session) return `${this.name}: ${this.#page ? 'a page that is being loaded' : 'no page'}`;
    const [link, refusal] = [JSON.stringify(session.link.peek()), session.refusal.peek()?.code];
    return `${this.name}: ${link}, ${session.unsaved.peek()} unsaved, ${points(this.text).length} points, refusal ${refusal}`;
  }

  /* ---- the user ---- */

  act(): void {
    const session = this.#page?.session;
    if (this.isAway || !session || session.isReadOnly.peek() || session.link.peek().kind === 'stopped') return;
    const text = points(this.text);
    const { ledger, random } = this.around;
    const made = strokes(text.length, random, ledger);
    for (const { from, to, insert } of made) {
      ledger.inserted(this.pad, this.author, insert);
      ledger.deleted(this.author, text.slice(from, to).join(''), this.isOfThePast ? 'perhaps' : 'surely');
      for (const point of insert) this.#typedAt.set(point, this.#turns);
    }
    if (made.length > 0) this.#page!.type(inUnits(made, text));
  }

  /* ---- the pages ---- */

  /** A page with the pad, if there is none. */
  open(): void {
    if (this.#isGone || this.#page) return;
    const { browser, sessionStorage, pad, network, author, violated } = this.around;
    const base = `http://127.0.0.1:${network.port}/`;
    this.#turns = this.#writtenBefore = 0;
    this.#typedAt = new Map();
    this.#watcher = this.around.past.watcher(pad);
    this.isOfThePast = false;
    this.#page = new PadPage({ browser, sessionStorage, base, pad, name: author, intervals: INTERVALS }, {
      note: (what) => this.#note(what),
      violated: (what) => violated(`${this.name} ${what}`),
      onReload: () => void this.reload(),
      isWanted: (draft) => this.#isWanted(draft),
      onBegin: (draft) => this.#began(draft),
      onHeard: (text) => this.#heard(text),
      onLink: (link) => this.#linkIs(link),
    });
    const { clock, databases } = this.#page.page;
    clock.setInterval(() => this.#turn(databases.isBusy), INTERVALS.saveEveryMs);
  }

  /** The saver's own turn comes between two of these, or three in a hidden page; when after it the disk has nothing
   * to do any more, what was typed before it is written. */
  #turn(isDiskBusy: boolean): void {
    this.#turns += 1;
    if (!isDiskBusy) this.#writtenBefore = this.#turns - 2;
  }

  /** The page is left, and loaded anew. */
  async reload(): Promise<void> {
    await this.shut();
    this.open();
  }

  /** The page is left. */
  shut(): Promise<void> {
    this.#note('the page is left');
    return this.#end(async (page) => {
      if (page.isCached) return page.kill(); // nobody tells it
      await page.thaw();
      // under a lock the last write needs no answer of the disk, if there is none before it
      if (page.browser.kind.isSecure && !page.databases.isBusy) this.#writtenBefore = Infinity;
      await page.unload();
    });
  }

  /** The process of the page dies, and the page is loaded anew. */
  async kill(): Promise<void> {
    this.#note('the page is killed');
    await this.#end((page) => page.kill());
    this.open();
  }

  /** The browser dies, and comes back with the page. Each of its tabs must be told. */
  async crash(): Promise<void> {
    this.#note('the browser crashes');
    await this.#end(() => this.browser.crash());
    this.open();
  }

  async leave(): Promise<void> {
    this.#isGone = true;
    await this.shut();
  }

  close(): void {
    this.#isGone = true;
    this.#page?.page.kill();
    this.#page?.free();
    this.#page = null;
  }

  /* ---- the page, as it is ---- */

  freeze(): void {
    this.#page?.page.freeze();
  }

  thaw(): void {
    void this.#page?.page.thaw();
  }

  get isUp(): boolean {
    return this.#page?.session?.link.peek().kind === 'up';
  }

  get isUnsaved(): boolean {
    return (this.#page?.session?.unsaved.peek() ?? 0) > 0;
  }

  look(isHidden: boolean): void {
    this.#page?.page.look(isHidden);
  }

  /** The machine's network came or went. */
  networkIs(state: 'online' | 'offline'): void {
    this.#page?.page.happens(state);
  }

  /** The page is left for another for a while, and is there again when the user goes back. */
  async goAndComeBack(pause: () => Promise<void>): Promise<void> {
    if (this.browser.kind.isSecure) return this.reload(); // a page that holds a lock is not kept
    const page = this.#page?.page;
    if (!page || page.isCached) return;
    await page.enterCache();
    await pause();
    page.leaveCache();
  }

  /* ---- the ledger ---- */

  /** The page ends in that way. What was unsent and is in no record, nobody can know. */
  async #end(how: (page: Page) => Promise<void> | void): Promise<void> {
    const ended = this.#page;
    if (!ended || this.#isEnding) return;
    this.#isEnding = true;
    const { disk, kind } = this.browser;
    await how(ended.page);
    const { life } = disk;
    await disk.idle();
    if (this.#page !== ended) return; // the run is over
    const rescued = unsentOf(this.#leftBy(ended));
    const lost = lostFrom(this.unsent(), rescued);
    this.around.ledger.doubt(this.author, lost.inserted, lost.deleted);
    this.#note(`${points(rescued.inserted).length} points kept, ${points(lost.inserted).length} perhaps lost`);
    const isPromised = kind.hasDatabase && disk.life === life && ended.session?.link.peek().kind !== 'stopped';
    if (isPromised) this.#check(lost.inserted);
    ended.free();
    this.#page = null;
    this.#isEnding = false;
  }

  /** What the next page will find of that one: its record, as it was when another page claimed it. */
  #leftBy({ token, page }: PadPage): SavedState | undefined {
    if (token === null) return undefined;
    const claim = this.browser.claims.get(token);
    if (claim && claim.by !== page) return claim.kept;
    return this.browser.records.find((record) => record.token === token)?.kept;
  }

  #check(lost: string): void {
    const old = [...lost].filter((point) => (this.#typedAt.get(point) ?? Infinity) < this.#writtenBefore);
    if (old.length === 0) return;
    this.around.violated(`${this.name} had typed ${old.length} points a while ago, and they were not written down`);
  }

  #claimed({ token, kept }: UnsentRecord): void {
    this.browser.claims.set(token, { kept, by: this.#page!.page });
  }

  #isWanted(draft: UnsentRecord): boolean {
    this.#claimed(draft);
    const { author, ledger, random } = this.around;
    const { inserted, deleted } = unsentOf(draft.kept);
    const isWanted = !random.chance(THROWN_AWAY_PERCENT);
    this.#note(`a draft with ${points(inserted).length} points is ${isWanted ? 'sent' : 'thrown away'}`);
    if (!isWanted) ledger.doubt(author, inserted, deleted);
    return isWanted;
  }

  #began(draft: UnsentRecord | null): void {
    this.isOfThePast = draft !== null && draft.savedAtMs < this.browser.wentBackAtMs;
  }

  #heard(text: string): (() => void) | void {
    this.#watcher.heard(text);
    if (text.startsWith('{"Snapshot"')) return this.#snapshot(JSON.parse(text) as { Snapshot: { text: string } });
    if (text.startsWith('{"History"')) return () => (this.isOfThePast = false);
    if (text.startsWith('{"Welcome"')) this.#note(text.slice(0, text.indexOf(',"access"')));
    else if (text.startsWith('{"Rejected"')) this.#note(text);
  }

  /** Whoever loses saved text to a restored backup is told. */
  #snapshot({ Snapshot: { text: after } }: { Snapshot: { text: string } }): () => void {
    const unsent = new Set(this.unsent().inserted);
    const gone = this.around.ledger.takenBack(this.author, this.text, after).filter((point) => !unsent.has(point));
    return () => {
      this.isOfThePast = false;
      const told = this.#page!.session!.unmerged.all.peek();
      const isTold = told.some(({ text, why }) => why === 'set_back' && gone.every((point) => text.includes(point)));
      if (gone.length === 0 || isTold) return;
      this.around.violated(`${this.name} is not told that ${gone.length} points of his were taken back`);
    };
  }

  #linkIs(link: Link): void {
    if (link.kind !== 'connecting') this.#note(link.kind === 'up' ? 'up' : `${link.kind}: ${link.reason}`);
  }

  #note(what: string): void {
    this.around.history.note(this.name, what);
  }
}

/** The same in UTF-16 units. */
function inUnits(made: readonly Stroke[], text: readonly string[]): Change[] {
  const offset = (at: number) => text.slice(0, at).join('').length;
  return made.map(({ from, to, insert }) => ({ from: offset(from), to: offset(to), insert }));
}
