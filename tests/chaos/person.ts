// person.ts - somebody with a client, of either version.
import type { Random } from '../../frontend/src/testing/random.ts';
import type { Browser } from './browser/browser.ts';
import type { MemoryStorage } from './browser/storage.ts';
import type { History } from './history.ts';
import type { Ledger } from './ledger.ts';
import type { Past } from './past.ts';
import type { Network } from './network.ts';
import type { Unsent } from './unsent.ts';

export interface Person {
  readonly name: string;
  readonly pad: string;
  readonly network: Network;
  /** What he sees. */
  readonly text: string;
  /** Connected, and everything typed is acknowledged. */
  readonly isSettled: boolean;
  readonly isAway: boolean;
  /** Text that the server is not known to have, or to have deleted. */
  unsent(): Unsent;
  /** Does something to the text, if there is one. */
  act(): void;
  /** Stops and continues like a process with SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
  /** The client ends without a word and is started again, with what it kept. */
  crash(): Promise<void>;
  /** Leaves for good. */
  leave(): Promise<void>;
  /** The end of the run. */
  close(): void;
  /** How he is, for a failure. */
  describe(): string;
}

/** What a person needs to know of the run. */
export type Surroundings = {
  pad: string;
  name: string;
  network: Network;
  ledger: Ledger;
  history: History;
  past: Past;
  random: Random;
  /** Something that must never happen. */
  violated: (what: string) => void;
};

/** One who comes with a browser. */
export type BrowserSurroundings = Surroundings & {
  /** Whose browser it is, whichever tab: to the ledger, all of its tabs are one author. */
  author: string;
  browser: Browser;
  /** What the tab remembers from page to page. */
  sessionStorage: MemoryStorage;
};
