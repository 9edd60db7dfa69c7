// site.ts - what serves the pads of a run: one server, or several. The people come to
// it through `port`, and what goes wrong with it is its kind's table of faults.
import type { Random } from '../../frontend/src/testing/random.ts';
import type { Fault } from './faults.ts';
import type { History } from './history.ts';

export type Settings = Record<string, string | number>;

export interface Site {
  /** Where a connection arrives that begins now. */
  readonly port: number;
  readonly log: string;
  start(): Promise<void>;
  /** As the HTTP API gives it. */
  text(pad: string): Promise<string>;
  /** Nothing goes wrong with it any more. */
  heal(): Promise<void>;
  /** All of its processes end, in the worst way that it promises to survive, and start again. */
  renew(): Promise<void>;
  /** What is wrong with it, beside the texts. */
  audit(): string[];
  dispose(): Promise<void>;
}

/** What it tells the run. */
export type Teller = { history: History; violated: (what: string) => void };

export type Kind<Place extends Site> = {
  faults: readonly Fault<Place>[];
  settings: (random: Random) => Settings;
  open: (settings: Settings, teller: Teller) => Place;
};
