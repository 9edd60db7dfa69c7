// plan.ts - a run as data: who takes part, how the server is set up, what goes
// wrong and when. Made from a seed; parts can be taken away to find out which
// of them a failure needs.
import { Random } from '../../frontend/src/testing/random.ts';
import type { BrowserKind } from './browser/browser.ts';
import type { Kind, Settings, Site } from './site.ts';

export type PlannedFault = { name: string; atMs: number; seed: number };
export type PlannedPerson = { name: string; version: 1 | 2; pad: string; browser: BrowserKind };
export type Plan = {
  seed: number;
  ms: number;
  people: PlannedPerson[];
  settings: Settings;
  faults: PlannedFault[];
};

/** `only` names the faults that may occur; all when empty. */
export function planOf<Place extends Site>(kind: Kind<Place>, seed: number, ms: number, only: readonly string[] = []): Plan {
  const random = Random.of(seed, 'plan');
  const settings = kind.settings(random);
  const people = Array.from({ length: random.between(3, 9) }, (_, i) => personOf(i, random));
  limitMessages(people, Random.of(seed, 'messages'));
  const possible = kind.faults.filter(({ name, isPossible }) => (only.length === 0 || only.includes(name)) && isPossible(settings));
  const chosen = random.chance(25) && only.length === 0 ? [random.pick(possible)] : possible;
  const faults: PlannedFault[] = [];
  for (let atMs = random.between(100, 700); atMs < ms; atMs += random.between(100, 1600)) {
    faults.push({ name: weighted(chosen, random).name, atMs, seed: random.below(2 ** 31) });
  }
  return { seed, ms, people, settings, faults };
}

/** Everything that a server does after a while, it does soon. */
export function shortIntervals(random: Random): Settings {
  return {
    RATE_LIMITS: 'off',
    WORKERS: random.between(1, 2),
    BROADCAST_BUFFER_SIZE: random.pick([1, 4, 16]),
    KP_TEST_PERSIST_CHECK_MS: random.pick([50, 200, 1000]),
    KP_TEST_IDLE_PERSIST_MS: random.pick([60, 300, 2000]),
    KP_TEST_SAFETY_NET_MS: random.pick([200, 1000, 5000]),
    KP_TEST_HEARTBEAT_MS: random.pick([800, 1500, 5000]), // a peer is given three: many runs side by side are slow to answer
    KP_TEST_WRITE_TIMEOUT_MS: random.pick([500, 2000, 10000]),
    ...(random.chance(40) ? { KP_TEST_MEMORY_RETENTION_MS: random.pick([100, 400]) } : {}),
    ...(random.chance(40) ? { KP_TEST_HISTORY_MS: random.pick([200, 1000]) } : {}),
  };
}

function personOf(i: number, random: Random): PlannedPerson {
  const version = random.chance(20) && i > 0 ? 1 : 2; // in an empty pad a v1 client does not know that it may begin
  const browser = { isSecure: random.chance(50), hasDatabase: random.chance(90) };
  return { name: `${version === 1 ? 'old' : 'tab'}${i}`, version, pad: random.chance(75) ? 'one' : 'two', browser };
}

/** Every third sends all but the smallest edits in parts. */
function limitMessages(people: readonly PlannedPerson[], random: Random): void {
  for (const { browser } of people) if (random.chance(33)) browser.messageBytes = random.between(120, 400);
}

function weighted<T extends { weight: number }>(from: readonly T[], random: Random): T {
  let dice = random.below(from.reduce((sum, { weight }) => sum + weight, 0));
  return from.find(({ weight }) => (dice -= weight) < 0)!;
}

/** Smaller plans that might fail as well, the smallest first. */
export function smaller(plan: Plan): Plan[] {
  const result: Plan[] = [];
  for (const faults of parts(plan.faults)) result.push({ ...plan, faults });
  for (const people of parts(plan.people)) if (people.length > 0) result.push({ ...plan, people });
  return result;
}

/** Halves, then all but one. */
function parts<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return list.length === 1 ? [[]] : [];
  const middle = list.length >> 1;
  const halves = [list.slice(0, middle), list.slice(middle)];
  return list.length > 8 ? halves : [...halves, ...list.map((_, i) => list.filter((_, j) => j !== i))];
}
