// cluster.ts - a small cluster as a system of states: one document, two servers, a
// few tabs with an edit each, a primary and its standby.
//
// Everything may stop for as long as it likes, so every server may be one that is
// believed dead. Any answer may be lost. The primary may crash and start again, or
// be replaced by the standby. What must hold in every state: an edit that a tab was
// told is saved is in the document once, on the primary and on the standby; and what
// is stored can be loaded.
//
// The words are those of docs/decisions/091 and 092. `Design` has a field for each
// of their rules; with one of them broken the search must find a violation, or it
// would prove nothing.
import type { Step, System } from './explore.ts';

export type Design = {
  /** A server's writes lock its life's row where it is not dead. */
  fence: boolean;
  /** A row of the journal is written only if it follows the last one. */
  continuity: boolean;
  /** A commit is answered when the standby has it. */
  isSynchronous: boolean;
  /** An append whose answer was lost is repeated as a write; if not, it is looked for. */
  repeatWrites: boolean;
  /** What a claim has read counts when the claim's own commit is answered. */
  claimWaits: boolean;
  /** How many tabs there are, with an edit each, and how often what may happen. */
  edits: number;
  faults: number;
  deaths: number;
  snapshots: number;
};

export const THE_DESIGN: Design = {
  fence: true,
  continuity: true,
  isSynchronous: true,
  repeatWrites: true,
  claimWaits: true,
  edits: 2,
  faults: 1,
  deaths: 1,
  snapshots: 1,
};

type Edit = number;
/** A server's lives are numbered: server 0 has the lives 0 and 2, server 1 has 1 and 3. */
type Life = number;
const SERVERS = 2;
const LIVES = 4;

type Database = {
  /** The document's text, as the edits that it holds. Its length is its revision. */
  text: Edit[];
  /** The journal: the revision that an edit led from, and the edit. */
  rows: [first: number, edit: Edit][];
  owner: Life | null;
  dead: Life[];
};

/** What a server has sent. `sent`: not carried out; `pending`: carried out on the primary alone; `safe`:
 *  on the standby, too; `unknown`: the answer is lost. */
type Flight = { kind: 'claim' | 'append'; first: number; edit: Edit; state: 'sent' | 'pending' | 'safe' | 'unknown' };

type Server = {
  life: Life;
  /** Does it have the document in memory, and may it tell people of it? */
  isOwner: boolean;
  memory: Edit[];
  committed: number;
  flight: Flight | null;
};

/** Where a tab is connected, or that its edit was acknowledged. */
type Tab = number | 'nowhere' | 'acknowledged';

export type State = {
  primary: Database;
  standby: Database;
  servers: Server[];
  tabs: Tab[];
  left: { faults: number; deaths: number; snapshots: number };
};

/** What a loader would have; undefined: the rows contradict each other or the text. */
function history({ text, rows }: Database): Edit[] | undefined {
  const edits = [...text];
  let end: number | undefined;
  for (const [first, edit] of rows) {
    if (end === undefined ? first > text.length : first !== end) return undefined;
    end = first + 1;
    if (first >= text.length) edits.push(edit);
    else if (text[first] !== edit) return undefined;
  }
  return edits;
}

function violation(design: Design, state: State): string | undefined {
  for (const place of ['primary', 'standby'] as const) {
    const edits = history(state[place]);
    if (edits === undefined) return `${place}: what is stored cannot be loaded: ${JSON.stringify(state[place])}`;
    if (new Set(edits).size !== edits.length) return `${place}: an edit is there twice: ${edits}`;
    if (place === 'standby' && !design.isSynchronous) continue;
    const lost = state.tabs.findIndex((tab, edit) => tab === 'acknowledged' && !edits.includes(edit));
    if (lost >= 0) return `${place}: edit ${lost} was acknowledged and is not there: ${edits}`;
  }
  return undefined;
}

// ---- what PostgreSQL does ---------------------------------------------------

type Outcome = { database: Database; answer: 'written' | 'there already' | 'refused' };

function append(design: Design, database: Database, life: Life, first: number, edit: Edit): Outcome {
  const { rows, text, dead } = database;
  const last = rows.at(-1);
  const same = rows.find(([at]) => at === first);
  if (design.fence && dead.includes(life)) return { database, answer: 'refused' };
  if (same !== undefined) return { database, answer: same[1] === edit ? 'there already' : 'refused' };
  const follows = last === undefined ? first <= text.length : first === last[0] + 1;
  if (design.continuity && !follows) return { database, answer: 'refused' };
  const longer: Database['rows'] = [...rows, [first, edit] as [number, Edit]];
  return { database: { ...database, rows: longer.sort(([a], [b]) => a - b) }, answer: 'written' };
}

/** The text as a whole. Of the rows that are in it only the newest stays. */
function snapshot(database: Database, text: Edit[]): Database {
  const newest = database.rows.at(-1)?.[0];
  return { ...database, text, rows: database.rows.filter(([first]) => first >= text.length || first === newest) };
}

const withoutAnswer = (flight: Flight | null): Flight | null =>
  flight !== null && flight.state !== 'sent' ? { ...flight, state: 'unknown' } : flight;

function databaseSteps(state: State): Step<State>[] {
  const { primary, standby, servers, left } = state;
  const steps: Step<State>[] = [];
  const isBehind = JSON.stringify(primary) !== JSON.stringify(standby);
  if (isBehind || servers.some(({ flight }) => flight?.state === 'pending')) {
    const caughtUp = servers.map((server): Server =>
      server.flight?.state === 'pending' ? { ...server, flight: { ...server.flight, state: 'safe' } } : server,
    );
    steps.push({ what: 'the standby catches up', next: { ...state, standby: primary, servers: caughtUp } });
  }
  if (left.faults > 0) {
    const cut = servers.map((server) => ({ ...server, flight: withoutAnswer(server.flight) }));
    const fault = { ...state, servers: cut, left: { ...left, faults: left.faults - 1 } };
    steps.push({ what: 'the primary crashes and starts again', next: fault });
    steps.push({ what: 'the standby is promoted', next: { ...fault, primary: standby } });
  }
  return steps;
}

// ---- what a server does -----------------------------------------------------

function serverSteps(design: Design, state: State, index: number): Step<State>[] {
  const { primary } = state;
  const server = state.servers[index]!;
  const { life, isOwner, memory, committed, flight } = server;
  const name = `server ${index} (life ${life})`;
  const steps: Step<State>[] = [];
  const become = (what: string, changed: Partial<Server>, rest: Partial<State> = {}): void => {
    const servers = state.servers.map((other, at) => (at === index ? { ...other, ...changed } : other));
    steps.push({ what: `${name} ${what}`, next: { ...state, servers, ...rest } });
  };
  const empty = { isOwner: false, memory: [], committed: 0, flight: null };
  const isAnswered = (state: Flight['state']): boolean => state === 'safe' || (state === 'pending' && !design.isSynchronous);

  if (!isOwner && flight === null) claimSteps();
  if (flight?.kind === 'claim') {
    if (flight.state === 'unknown') become('does not know about its claim and begins again', empty);
    else if (isAnswered(flight.state)) become('owns the document', { isOwner: true, flight: null });
  }
  if (isOwner) ownerSteps();
  if (index === 0 && (isOwner || flight !== null) && life + SERVERS < LIVES) {
    become('is killed and starts again', { ...empty, life: life + SERVERS });
  }
  return steps;

  function claimSteps(): void {
    const { owner, dead } = primary;
    if (design.fence && dead.includes(life)) {
      if (life + SERVERS < LIVES) become('is told that it is dead and begins a new life', { ...empty, life: life + SERVERS });
      return;
    }
    const edits = history(primary);
    if (edits === undefined || (owner !== null && owner !== life && !dead.includes(owner))) return;
    const read = { memory: edits, committed: edits.length };
    const claimed = { primary: { ...primary, owner: life } };
    if (design.claimWaits) become('claims', { ...read, flight: { kind: 'claim', first: 0, edit: 0, state: 'pending' } }, claimed);
    else become('claims and does not wait', { ...read, isOwner: true, flight: null }, claimed);
  }

  function ownerSteps(): void {
    const isIdle = flight === null && memory.length === committed;
    state.tabs.forEach((tab, edit) => {
      if (tab !== index) return;
      if (isIdle && !memory.includes(edit)) {
        become(`applies edit ${edit}`, { memory: [...memory, edit], flight: { kind: 'append', first: memory.length, edit, state: 'sent' } });
      }
      if (memory.slice(0, committed).includes(edit)) {
        const tabs = state.tabs.with(edit, 'acknowledged');
        become(`acknowledges edit ${edit}`, {}, { tabs });
      }
    });
    if (flight?.kind === 'append') appendSteps(flight);
    if (state.left.snapshots > 0 && isIdle && committed > 0 && !(design.fence && primary.dead.includes(life))) {
      const left = { ...state.left, snapshots: state.left.snapshots - 1 };
      become(`writes a snapshot at ${committed} and trims`, {}, { primary: snapshot(primary, memory), left });
    }
  }

  function appendSteps(sent: Flight): void {
    if (sent.state === 'sent' || sent.state === 'unknown') {
      const { database, answer } = append(design, primary, life, sent.first, sent.edit);
      const pending: Flight = { ...sent, state: 'pending' };
      if (answer === 'refused') become('is refused, and forgets the document', empty);
      else if (answer === 'written') become('appends', { flight: pending }, { primary: database });
      else if (design.repeatWrites) become('appends once more: it is there already', { flight: pending });
      else become('finds that its row is there', { committed: committed + 1, flight: null });
      return;
    }
    if (isAnswered(sent.state)) become('hears that it is committed', { committed: committed + 1, flight: null });
    become('loses its connection', { flight: { ...sent, state: 'unknown' } });
  }
}

// ---- what others do -----------------------------------------------------------

function deathSteps(state: State): Step<State>[] {
  const { primary, left } = state;
  const { owner, dead } = primary;
  if (left.deaths === 0 || owner === null || dead.includes(owner)) return [];
  const next = { ...state, primary: { ...primary, dead: [...dead, owner].sort() }, left: { ...left, deaths: left.deaths - 1 } };
  return [{ what: `life ${owner} is declared dead`, next }];
}

function tabSteps(state: State): Step<State>[] {
  return state.tabs.flatMap((tab, edit) =>
    [0, 1]
      .filter((server) => tab !== 'acknowledged' && tab !== server)
      .map((server) => ({ what: `the tab of edit ${edit} connects to server ${server}`, next: { ...state, tabs: state.tabs.with(edit, server) } })),
  );
}

export function cluster(design: Design): System<State> {
  const empty: Database = { text: [], rows: [], owner: null, dead: [] };
  const server = (life: Life): Server => ({ life, isOwner: false, memory: [], committed: 0, flight: null });
  const { faults, deaths, snapshots } = design;
  return {
    start: {
      primary: empty,
      standby: empty,
      servers: [server(0), server(1)],
      tabs: Array.from({ length: design.edits }, () => 'nowhere'),
      left: { faults, deaths, snapshots },
    },
    steps: (state) => [
      ...databaseSteps(state),
      ...serverSteps(design, state, 0),
      ...serverSteps(design, state, 1),
      ...deathSteps(state),
      ...tabSteps(state),
    ],
    violation: (state) => violation(design, state),
  };
}
