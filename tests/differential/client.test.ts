/**
 * The machine of src/client against that of the page, from the same history: whatever the page's machines are told and
 * asked in random runs against a model of the server is told and asked of the other one, too, in the messages of the
 * wire. Both must have the same texts, send the same edits, be refused for the same, and write down the same.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { type Change, initKernel, type SavedState, Sync, type Welcome } from '../../frontend/src/sync/index.ts';
import { ModelServer } from '../../frontend/src/testing/model_server.ts';
import { Random } from '../../frontend/src/testing/random.ts';
import { SimulatedTab, type TabKind } from '../../frontend/src/testing/simulated_tab.ts';
import { ALL, randomText, rounds, seed, type Components } from './random.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = `${root}/build/differential/replica_cli`;

beforeAll(() => {
  mkdirSync(`${root}/build/differential`, { recursive: true });
  const sources = ['base', 'text', 'ot', 'client'].flatMap((layer) =>
    readdirSync(`${root}/src/${layer}`).filter((name) => name.endsWith('.c')).map((name) => `src/${layer}/${name}`),
  );
  const flags = ['-std=c17', '-O1', '-g', '-D_GNU_SOURCE', '-Isrc', '-Itests'];
  execFileSync('cc', [...flags, '-o', binary, 'tests/support/replica_cli.c', ...sources, '-ljansson'], { cwd: root, stdio: 'inherit' });
  initKernel(readFileSync(`${root}/build/wasm/kernel.wasm`));
}, 60_000);

// ---- what the page's machine is told, as lines for the other one ---------------

interface Trace {
  commands: string[];
  answers: string[];
}

/** The model's epochs are short words; on the wire they are 22 characters of which the last is one of four. */
const epochOf = (epoch: string) => `${epoch.padStart(21, 'A')}A`;

/** The model says Infinity where the wire would say nothing. */
const limit = (bytes: number) => (Number.isFinite(bytes) ? bytes : 0);

function welcomeLine({ userId, epoch, resumed, committed, limits, order }: Welcome): string {
  const { documentBytes, messageBytes } = limits!;
  const body = {
    user_id: userId, epoch: epochOf(epoch), revision: 0, resumed, committed, access: 'edit', language: null, otp: null,
    limits: { document_bytes: limit(documentBytes), message_bytes: limit(messageBytes) }, order: order ?? null, server: 'model',
  };
  return JSON.stringify({ Welcome: body });
}

/** Changes in UTF-16 units as an operation in code points. */
function operationOf(changes: readonly Change[], text: string): Components {
  const op: Components = [];
  const pointsIn = (from: number, to: number) => [...text.slice(from, to)].length;
  let at = 0;
  for (const { from, to, insert } of changes) {
    if (from > at) op.push(pointsIn(at, from));
    if (insert !== '') op.push(insert);
    if (to > from) op.push(-pointsIn(from, to));
    at = to;
  }
  if (text.length > at) op.push(pointsIn(at, text.length));
  return op;
}

const recordOf = ({ epoch, revision, saved, serverText, inflight, sender, buffer }: SavedState) =>
  JSON.stringify({
    epoch: epoch === null ? null : epochOf(epoch), revision, saved: saved ?? 0, server_text: serverText, inflight,
    sender: sender && sender.id >= 0 ? sender : null, buffer,
  });

const stateOf = (sync: Sync) =>
  JSON.stringify([sync.serverText(), sync.localText(), sync.unsaved, sync.revision, sync.isOutOfStep, sync.refusal?.code ?? null]);

/** The command for a call of the page's machine, and the answer; null: it has none. */
function lineOf(sync: Sync, name: string, args: unknown[], before: string): [string, ((result: unknown) => string)?] | null {
  const [first, second] = args as [never, never];
  switch (name) {
    case 'welcome': return [welcomeLine(first as Welcome)];
    case 'snapshot': return [JSON.stringify({ Snapshot: { revision: first, text: second } })];
    case 'history': return [JSON.stringify({ History: { start: first, operations: second } })];
    case 'rejected': return [JSON.stringify({ Rejected: { revision: 0, ...(first as object) } })];
    case 'edit': return [`edit ${JSON.stringify(operationOf(first as Change[], before))}`];
    case 'takeEdit': return ['take', (edit) => (edit ? JSON.stringify({ Edit: edit }) : '-')];
    case 'takeChanges': return ['state', () => stateOf(sync)];
    case 'undoRefused': return ['undo'];
    case 'retry': return ['retry'];
    case 'disconnected': return ['down'];
    case 'dropEpoch': return ['drop'];
    case 'keep': return ['record', (record) => recordOf(record as SavedState)];
    case 'resume': return [`read ${recordOf(first as SavedState)}`];
    default: return null;
  }
}

function traced(sync: Sync, { commands, answers }: Trace): Sync {
  return new Proxy(sync, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        const line = lineOf(target, String(name), args, target.localText());
        const result: unknown = member.apply(target, args);
        if (!line || (name === 'keep' && result === null)) return result;
        commands.push(line[0]);
        answers.push(line[1]?.(result) ?? 'ok');
        return result;
      };
    },
  });
}

class TracedTab extends SimulatedTab {
  readonly trace: Trace;

  constructor(server: ModelServer, name: string, kind: TabKind) {
    const trace: Trace = { commands: [], answers: [] };
    super(server, name, kind, () => {
      trace.commands.push('new');
      trace.answers.push('ok');
      return traced(new Sync(), trace);
    });
    this.trace = trace;
  }

  /** The user gives the refused change up, or tries again. */
  decide(random: Random): void {
    if (!this.sync.refusal) return;
    if (random.below(3)) this.sync.undoRefused();
    else this.sync.retry();
    this.syncEditor();
  }
}

// ---- runs -----------------------------------------------------------------------

function changesOf(random: Random, text: string): Change[] {
  const points = [...text];
  const offset = (at: number) => points.slice(0, at).join('').length;
  const from = random.below(4) ? random.below(points.length + 1) : Math.min(2, points.length);
  const to = random.below(2) ? from : Math.min(points.length, from + random.below(6));
  const insert = to === from || random.below(2) ? randomText(random, 1 + random.below(5), ALL) : '';
  return [{ from: offset(from), to: offset(to), insert }];
}

function act(tab: TracedTab, random: Random, server: ModelServer, tabs: TracedTab[]): void {
  const dice = random.below(100);
  if (!tab.isConnected && random.below(4) === 0) tab.connect();
  if (dice < 40) {
    if (tab.sync.isLoaded) tab.type(changesOf(random, tab.text));
  } else if (dice < 60) tab.deliverUp();
  else if (dice < 66) tab.write();
  else if (dice < 84) tab.deliverDown(1 + random.below(3));
  else if (dice < 88) tab.decide(random);
  else if (dice < 95) {
    if (tab.isConnected) tab.disconnect(random.below(2));
  } else if (dice < 97) server.compact();
  else if (dice < 98) tab.crash(random.below(2));
  else if (dice < 99) {
    for (const other of tabs) other.disconnect(random.below(2));
    server.restart({ keepsEpochs: random.below(2) === 0 });
  } else tab.keepCopy();
}

const RUNS = 40;
const STEPS = 500;
const KINDS: TabKind[] = ['by author', 'by author', 'by text', 'by turns'];

function run(random: Random): Trace[] {
  const server = new ModelServer();
  if (random.below(2)) server.limits.messageBytes = 100 + random.below(60);
  if (random.below(2)) server.limits.documentBytes = 60 + random.below(200);
  const tabs = Array.from({ length: 2 + random.below(3) }, (_, i) => new TracedTab(server, `t${i}`, random.pick(KINDS)));
  for (let step = 0; step < STEPS; step++) act(random.pick(tabs), random, server, tabs);
  for (const tab of tabs) tab.sync.free();
  server.text.free();
  return tabs.map(({ trace }) => trace);
}

test(`KP_SEED=${seed}: the same history makes the same of both`, () => {
  const random = new Random(seed);
  const traces = Array.from({ length: rounds(RUNS) }, () => run(random)).flat();
  const commands = traces.flatMap((trace) => trace.commands);
  const expected = traces.flatMap((trace) => trace.answers);
  const answers = execFileSync(binary, { input: commands.map((line) => `${line}\n`).join(''), encoding: 'utf8', maxBuffer: 1 << 28 }).split('\n');
  const at = expected.findIndex((answer, i) => answer !== answers[i]);
  const story = () => commands.slice(commands.lastIndexOf('new', at), at + 1).join('\n');
  expect(at === -1 ? undefined : answers[at], at === -1 ? '' : story()).toBe(at === -1 ? undefined : expected[at]);
  const taken = (pattern: RegExp) => expected.filter((answer) => pattern.test(answer)).length;
  expect(taken(/^{"Edit"/), 'edits').toBeGreaterThan(rounds(RUNS) * 20);
  expect(taken(/"document_too_large"\]$/), 'refusals').toBeGreaterThan(rounds(RUNS));
});
