// world.ts - a run: what serves the pads, the people, the networks between them,
// and what is done to all of it.
import type { SavedState } from '../../frontend/src/sync/index.ts';
import { Random } from '../../frontend/src/testing/random.ts';
import { sleep, until } from '../blackbox/support/wait.ts';
import { Browser } from './browser/browser.ts';
import { MemoryStorage } from './browser/storage.ts';
import type { Fault } from './faults.ts';
import { History } from './history.ts';
import type { Mark } from './ledger.ts';
import { Ledger, without } from './ledger.ts';
import { LivedTime } from './lived_time.ts';
import { Network } from './network.ts';
import { OldClient } from './old_client.ts';
import { Past } from './past.ts';
import type { Person } from './person.ts';
import type { Plan, PlannedPerson } from './plan.ts';
import type { Kind, Site } from './site.ts';
import { Tab } from './tab.ts';
import { unsaidOf, unsentOf } from './unsent.ts';

/** How long everything may take to come together again, in lived time. */
const CALM_MS = Number(process.env['KP_PATIENCE_MS'] ?? 45_000);

/** All being settled, records are removed within this, or nobody knows of them. */
const SENT_WITHIN_MS = 3000;
/** A page that sends one in the background may have a dead connection to find out about. */
const SENT_LATE_MS = 20_000;

/** People type until all that was planned has had its turn, and there are only so many code points: a run takes so
 * many times as long as planned at most. */
const OVERTIME = 2;

/** In one browser. */
const TABS_MOST = 3;
const PEOPLE_MOST = 12;

/** A fault of this run. */
type Trouble = Pick<Fault, 'name' | 'turn'> & { run: (random: Random) => Promise<void> };
type Visited = { browser: Browser; pad: string };

export class World<Place extends Site = Site> {
  readonly ledger = new Ledger();
  readonly history = new History();
  /** What the pads were, as their tabs saw it. */
  readonly past: Past;
  readonly people: Person[] = [];
  /** Of everybody who was ever there, by the name under which the ledger knows them. */
  readonly browsers = new Map<string, Visited>();
  readonly violations: string[] = [];
  readonly site: Place;
  isTyping = true;
  private readonly leaving = new Set<Person>();
  private readonly turns = new Map<string, Promise<void>>();
  /** Since when, all being settled, there have been records. */
  private heldSinceMs = Infinity;
  /** What goes wrong and has not had its turn by then is left out. */
  private overMs = Infinity;
  private readonly lived = new LivedTime();

  private constructor(
    readonly plan: Plan,
    open: Kind<Place>['open'],
  ) {
    this.past = new Past(plan.settings['DURABILITY'] !== 'lazy', (what) => this.violated(what));
    this.site = open(plan.settings, { history: this.history, violated: (what) => this.violated(what) });
  }

  /** The whole story; what was violated, if anything. */
  static async run<Place extends Site>(kind: Kind<Place>, plan: Plan): Promise<World<Place>> {
    const world = new World(plan, kind.open);
    const troubles = kind.faults.map(({ name, turn, run }) => ({ name, turn, run: (random: Random) => run(world, random) }));
    try {
      await world.live(troubles);
    } catch (error) {
      world.violated(`the run broke off: ${(error as Error).message}`);
    }
    await world.end();
    return world;
  }

  private async live(troubles: readonly Trouble[]): Promise<void> {
    await this.site.start();
    for (const person of this.plan.people) await this.join(person);
    await until('everybody to be there', () => this.people.every(({ isSettled }) => isSettled), CALM_MS);
    const typing = this.people.map((person) => this.typeOn(person));
    await this.goWrong(troubles);
    this.isTyping = false;
    await Promise.all(typing);
    await this.calm();
    if (await this.comeTogether()) await this.audit();
  }

  private async end(): Promise<void> {
    this.lived.end();
    for (const person of this.people) person.close();
    await Promise.all(this.people.map(({ network }) => network.close()));
    await this.site.dispose().catch((error: Error) => this.violated(error.message));
  }

  violated(what: string): void {
    this.history.note('!', what);
    this.violations.push(what);
  }

  /* ---- people ---- */

  async join({ name, version, pad, browser: kind }: PlannedPerson): Promise<Person> {
    const around = { ...this.around(name, pad), network: await Network.open(() => this.site.port) };
    if (version === 1) return this.enter(new OldClient(around));
    const browser = new Browser(kind, Random.of(this.plan.seed, `browser of ${name}`));
    this.browsers.set(name, { browser, pad });
    return this.enter(new Tab({ ...around, author: name, browser, sessionStorage: new MemoryStorage() }));
  }

  /** One more tab in a browser, which shares its network unless nobody is there any more. */
  async openTab(author: string, sessionStorage = new MemoryStorage()): Promise<Tab> {
    const { browser, pad } = this.browsers.get(author)!;
    const network = this.tabsOf(browser)[0]?.network ?? (await Network.open(() => this.site.port));
    const name = `${author}'${browser.pagesOpened}`;
    return this.enter(new Tab({ ...this.around(name, pad), network, author, browser, sessionStorage }));
  }

  tabsOf(browser: Browser): Tab[] {
    return this.people.filter((person) => person instanceof Tab && person.browser === browser) as Tab[];
  }

  /** One who leaves for good. False when he is leaving, or gone, already. */
  async part(person: Person): Promise<boolean> {
    if (this.leaving.has(person)) return false;
    this.leaving.add(person);
    await person.leave();
    this.people.splice(this.people.indexOf(person), 1);
    if (!this.people.some(({ network }) => network === person.network)) await person.network.close();
    return true;
  }

  /** One who leaves is replaced by a newcomer, with another browser. */
  async replace(person: Person): Promise<void> {
    if (!(await this.part(person))) return;
    const version = person instanceof Tab ? 2 : 1;
    const browser = person instanceof Tab ? person.browser.kind : { isSecure: true, hasDatabase: true };
    void this.typeOn(await this.join({ name: `${person.name}+`, version, pad: person.pad, browser }));
  }

  /** The browser of that person ends with all of its tabs; a client without one ends alone. */
  async crash(person: Person): Promise<void> {
    await Promise.all((person instanceof Tab ? this.tabsOf(person.browser) : [person]).map((each) => each.crash()));
  }

  /** One more tab in the browser, a new one or a duplicate of that, or one of several closed for good. */
  async moreOrFewerTabs({ author, browser, sessionStorage }: Tab, isDuplicate: boolean): Promise<void> {
    const tabs = this.tabsOf(browser);
    const hasRoom = tabs.length < TABS_MOST && this.people.length < PEOPLE_MOST;
    if (hasRoom) void this.typeOn(await this.openTab(author, isDuplicate ? sessionStorage.copy() : undefined));
    else if (tabs.length > 1) await this.part(tabs.at(-1)!);
  }

  private enter<Someone extends Person>(someone: Someone): Someone {
    this.people.push(someone);
    return someone;
  }

  private around(name: string, pad: string) {
    const violated = (what: string) => this.violated(what);
    return { name, pad, ledger: this.ledger, history: this.history, past: this.past, random: Random.of(this.plan.seed, name), violated };
  }

  async typeOn(person: Person): Promise<void> {
    const random = Random.of(this.plan.seed, `typing ${person.name}`);
    while (this.isTyping && this.people.includes(person)) {
      for (let burst = random.chance(10) ? 8 : 1; burst > 0 && this.isTyping && this.people.includes(person); burst--) {
        person.act();
        await sleep(random.between(1, 15));
      }
      await sleep(random.between(5, 150));
    }
  }

  /* ---- what goes wrong ---- */

  private async goWrong(troubles: readonly Trouble[]): Promise<void> {
    const began = performance.now();
    this.overMs = began + OVERTIME * this.plan.ms;
    const running: Promise<void>[] = [];
    for (const { name, atMs, seed } of this.plan.faults) {
      await sleep(Math.max(0, atMs - (performance.now() - began)));
      const trouble = troubles.find((each) => each.name === name);
      if (trouble) running.push(this.commit(trouble, new Random(seed)));
    }
    await sleep(Math.max(0, this.plan.ms - (performance.now() - began)));
    await Promise.all(running);
  }

  private async commit({ name, turn, run: happen }: Trouble, random: Random): Promise<void> {
    const run = async () => {
      this.history.note('fault', name);
      await happen(random);
      this.history.note('fault', `${name} is over`);
    };
    if (turn === null) return run();
    // one at a time: they are about the same processes and files
    const before = this.turns.get(turn) ?? Promise.resolve();
    const mine = before.then(() => (this.isTyping && performance.now() < this.overMs ? run() : undefined));
    const done = mine.catch((error: Error) => this.violated(`${name}: ${error.message}`));
    this.turns.set(turn, done);
    return done;
  }

  /* ---- a database that goes back ---- */

  /** What a database holds for sure that is copied now: all but what is not acknowledged yet. */
  saved(): Mark {
    const mark = this.ledger.mark();
    for (const person of this.people) {
      const { inserted, deleted } = person.unsent();
      without(mark, person instanceof Tab ? person.author : person.name, inserted, deleted);
    }
    for (const { author, kept } of this.drafts) {
      const { inserted, deleted } = unsentOf(kept);
      without(mark, author, inserted, deleted);
    }
    return mark;
  }

  /** The database is what it was then again; no server runs. */
  wentBack(mark: Mark): void {
    // what is in flight may be acknowledged in a message that is still on its way
    const unsent = new Set(this.drafts.map(({ kept }) => unsaidOf(kept)).join(''));
    for (const tab of this.people.filter((person) => person instanceof Tab)) {
      for (const point of tab.unsaid) unsent.add(point);
      tab.isOfThePast = true;
    }
    for (const { browser } of this.browsers.values()) browser.wentBackAtMs = Date.now();
    this.ledger.wentBack(mark, unsent);
    this.past.wentBack();
  }

  /** What lies unsent in browsers, of pages that are no more. */
  private get drafts(): { author: string; kept: SavedState }[] {
    return [...this.browsers].flatMap(([author, { browser }]) => {
      const alive = this.tabsOf(browser).map(({ token }) => token);
      return browser.records.filter(({ token }) => !alive.includes(token)).map(({ kept }) => ({ author, kept }));
    });
  }

  /* ---- the end ---- */

  private async calm(): Promise<void> {
    this.history.note('run', 'all is well from here on');
    await this.site.heal();
    for (const { browser } of this.browsers.values()) browser.heal();
    for (const person of this.people) {
      person.network.heal();
      person.network.plug();
      person.thaw();
      if (person instanceof Tab) person.look(false);
    }
    // whoever left with something unsent comes back: to close a tab is no loss
    for (const [author, { browser }] of this.browsers) {
      if (browser.records.length > 0 && this.tabsOf(browser).length === 0) await this.openTab(author);
    }
  }

  private get pads(): string[] {
    return [...new Set(this.people.map(({ pad }) => pad))];
  }

  /** Everything is acknowledged, no browser holds a record, and everybody sees the same. */
  private async comeTogether(): Promise<boolean> {
    const end = this.lived.ms + CALM_MS;
    while (!(await this.isTogether())) {
      if (this.lived.ms > end) {
        for (const person of this.people) this.violated(`did not come together: ${person.describe()}`);
        for (const { author } of this.drafts) this.violated(`did not come together: a draft of ${author} is left`);
        return false;
      }
      await sleep(30);
    }
    this.history.note('run', 'all have the same text');
    return true;
  }

  private async isTogether(): Promise<boolean> {
    if (!this.people.every(({ isSettled }) => isSettled)) return false;
    if (await this.holdsRecords()) return false;
    for (const pad of this.pads) {
      const text = await this.site.text(pad).catch(() => null);
      if (text === null || !this.people.every((person) => person.pad !== pad || person.text === text)) return false;
    }
    return true;
  }

  /** True while a browser holds a record. What nobody sends, the next visit finds. */
  private async holdsRecords(): Promise<boolean> {
    const holders = [...this.browsers.values()].map(({ browser }) => browser).filter(({ records }) => records.length > 0);
    if (holders.length === 0) {
      this.heldSinceMs = Infinity;
      return false;
    }
    this.heldSinceMs = Math.min(this.heldSinceMs, this.lived.ms);
    const heldMs = this.lived.ms - this.heldSinceMs;
    for (const browser of heldMs > SENT_WITHIN_MS ? holders : []) {
      const tabs = this.tabsOf(browser);
      const isLate = browser.records.some(({ token }) => tabs.some((tab) => tab.hasClaimed(token)));
      if (isLate && heldMs < SENT_LATE_MS) continue;
      if (isLate) this.violated(`a record is not sent, or not removed: ${tabs.map((tab) => tab.describe()).join('; ')}`);
      for (const tab of tabs) await tab.reload();
    }
    return true;
  }

  /** Twice: what clients and server agree on, and what a new server finds after the old one was killed. */
  private async audit(): Promise<void> {
    for (const pad of this.pads) this.auditPad(pad, await this.site.text(pad));
    const before = await Promise.all(this.pads.map((pad) => this.site.text(pad)));
    await this.site.renew();
    const after = await Promise.all(this.pads.map((pad) => this.site.text(pad)));
    if (after.join('|') !== before.join('|')) this.violated('another text after the last restart');
    for (const [i, pad] of this.pads.entries()) await this.past.audit(this.site.port, pad, after[i]!);
    for (const wrong of this.site.audit()) this.violated(wrong);
  }

  private auditPad(pad: string, text: string): void {
    const wrong = this.ledger.audit(pad, text);
    for (const line of wrong.slice(0, 10)) this.violated(line);
    if (wrong.length > 10) this.violated(`and ${wrong.length - 10} more`);
  }
}
