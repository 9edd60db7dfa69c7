// Every interleaving of a small cluster: the design holds, and each of its rules is
// needed. KP_MODEL=long lets more go wrong in one run.
import { expect, test } from 'vitest';
import type { Design } from './cluster.ts';
import { cluster, THE_DESIGN } from './cluster.ts';
import { explore } from './explore.ts';

const isLong = process.env['KP_MODEL'] === 'long';

test('nothing that was acknowledged is lost, doubled or unreadable', () => {
  const result = explore(cluster(THE_DESIGN));
  expect(result.violation).toBeUndefined();
  expect(result.isComplete).toBe(true);
  expect(result.states).toBeGreaterThan(50_000);
});

test.runIf(isLong)('with two faults, two deaths and two snapshots', { timeout: 30 * 60_000 }, () => {
  const result = explore(cluster({ ...THE_DESIGN, faults: 2, deaths: 2, snapshots: 2 }));
  console.log(`${result.states} states`);
  expect(result.violation).toBeUndefined();
  expect(result.isComplete).toBe(true);
});

const broken: [name: string, change: Partial<Design>][] = [
  ['the primary key alone', { fence: false, continuity: false, faults: 0 }],
  ['a repeat that only looks', { repeatWrites: false }],
  ['a claim that does not wait for its commit', { claimWaits: false }],
  ['a standby that nobody waits for', { isSynchronous: false }],
];
// two minutes: only a snapshot of a text that is older than what was trimmed gives it away
if (isLong) broken.push(['rows that follow each other, and no fence', { fence: false, edits: 3, faults: 0, snapshots: 2 }]);

test.each(broken)('is found out: %s', (_, change) => {
  const { violation } = explore(cluster({ ...THE_DESIGN, ...change }));
  console.log([violation?.what, ...(violation?.steps ?? [])].join('\n  '));
  expect(violation).toBeDefined();
});
