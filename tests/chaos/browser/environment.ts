// environment.ts - what the client runs on in a page without a screen: its own
// Environment, with its own Tabs and UnsentStore on this browser's disk, locks and
// channels, and with intervals that suit a short run.
import type { TabsTiming } from '../../../frontend/src/browser/index.ts';
import { noTroubleYet, Tabs, UnsentStore } from '../../../frontend/src/browser/index.ts';
import type { Environment, Timing } from '../../../frontend/src/session/index.ts';
import type { Page } from './page.ts';

/** Every interval of the client. */
export type Intervals = Timing & {
  tabs: TabsTiming;
  /** For so long a claimed record is nobody else's to claim. */
  claimedMs: number;
};

export type PageEnvironment = Environment & { readonly unsent: UnsentStore };

/** The client takes the whole of IndexedDB, of locks and of a channel by their DOM types, and uses what is there. */
const as = <Dom>(part: object): Dom => part as Dom;

/** `name`: how the user is called, and what the page's holder is called in records. */
export function environmentOf(page: Page, name: string, intervals: Intervals): PageEnvironment {
  const { browser, clock, sessionStorage } = page;
  const pageForClient = {
    isHidden: page.isHidden,
    nextFrame: (run: () => void) => page.nextFrame(run),
    reload: () => page.reload(),
    addEventListener: page.addEventListener.bind(page),
  };
  const tabs = new Tabs({
    openChannel: (channel) => as<BroadcastChannel>(page.openChannel(channel)),
    locks: () => page.locks && as<LockManager>(page.locks),
    page: pageForClient,
    clock,
    timing: intervals.tabs,
  });
  const unsent = new UnsentStore({
    databases: () => as<IDBFactory>(page.databases),
    tabs,
    claimedMs: intervals.claimedMs,
    page: `${name} ${browser.pagesOpened}`,
  });
  return {
    clock,
    random: () => browser.random.below(2 ** 31) / 2 ** 31,
    openSocket: (url, protocol) => page.openSocket(url, protocol),
    fetch: (url, init) => page.fetch(url, init),
    page: pageForClient,
    tabs,
    unsent,
    storage: {
      read: (key) => JSON.parse(browser.localStorage.getItem(key) ?? 'null') as unknown,
      write: (key, value) => browser.localStorage.setItem(key, JSON.stringify(value)),
    },
    tabStorage: () => sessionStorage,
    storageTrouble: noTroubleYet(),
    askedName: name,
    timing: intervals,
  };
}
