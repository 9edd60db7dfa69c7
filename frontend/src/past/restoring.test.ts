/**
 * An earlier text is brought back, that is undone, and what somebody did is taken back, while everybody types: as the
 * page does it, with the editor's own undo, and a network that delivers when it likes.
 *
 * A failure prints its seed; SEED=n replays it.
 */

import { history, isolateHistory, undo } from "@codemirror/commands";
import { EditorState, Transaction } from "@codemirror/state";
import { beforeAll, expect, test } from "vitest";
import { type Change, initKernel } from "../kernel";
// The function alone: the folder's index takes a whole session along.
import { textWithout } from "../sharing/take_back";
import { changesBetween } from "../sync";
import { kernelBytes } from "../testing/kernel_bytes";
import { ModelServer } from "../testing/model_server";
import { Random } from "../testing/random";
import { SimulatedTab, type TabKind } from "../testing/simulated_tab";

const RUNS = 150;
const KINDS: TabKind[] = ["by author", "by author", "by text"];
const OFFER = { ends: "when_made", onDropped: () => {} } as const;

beforeAll(() => initKernel(kernelBytes()));

/** A tab with the history of its editor, which knows what the user did and what others did. */
class EditingTab extends SimulatedTab {
  #editor = EditorState.create({ doc: "", extensions: [history()] });
  #undoing: Transaction | null = null;

  protected override change(changes: readonly Change[], byUser: boolean): void {
    super.change(changes, byUser);
    if (this.#undoing) this.#editor = this.#undoing.state;
    else if (changes.length > 0) this.#editor = this.#editor.update({ changes: [...changes], annotations: notes(byUser) }).state;
    this.#undoing = null;
    expect(this.#editor.doc.toString()).toBe(this.text);
  }

  /** Makes the whole text that one. */
  bringBack(text: string): void {
    const changes = changesBetween(this.text, text);
    if (changes.length > 0) this.type(changes, OFFER);
  }

  undo(): void {
    undo({ state: this.#editor, dispatch: (tr) => (this.#undoing = tr) });
    if (this.#undoing) this.type(changesOf(this.#undoing));
  }
}

const notes = (byUser: boolean) => (byUser ? [isolateHistory.of("full")] : [Transaction.remote.of(true), Transaction.addToHistory.of(false)]);

function changesOf(transaction: Transaction): Change[] {
  const changes: Change[] = [];
  transaction.changes.iterChanges((from, to, _fromB, _toB, insert) => changes.push({ from, to, insert: insert.toString() }));
  return changes;
}

/** A pad of which the text at each revision is known, and lines that are typed once. */
class Room {
  readonly server = new ModelServer();
  readonly random: Random;
  readonly tabs: EditingTab[];
  readonly texts: string[] = [""];
  /** Who typed each point. */
  readonly authors = new Map<string, EditingTab>();
  /** Points that were typed, and those that somebody deleted, since they were cleared last. */
  readonly typed = new Set<string>();
  readonly deleted = new Set<string>();
  #next = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.tabs = Array.from({ length: this.random.between(2, 4) }, (_, i) => new EditingTab(this.server, `t${i}`, this.random.pick(KINDS)));
    for (const tab of this.tabs) tab.connect();
    this.settle();
  }

  /** Inserts or deletes whole lines. */
  type(tab: EditingTab): void {
    const lines = linesOf(tab.text);
    const at = this.random.below(lines.length + 1);
    const count = this.random.chance(60) ? 0 : Math.min(this.random.between(1, 3), lines.length - at);
    const gone = lines.slice(at, at + count);
    const fresh = count > 0 && this.random.chance(50) ? [] : Array.from({ length: this.random.between(1, 3) }, () => this.#line(tab));
    for (const point of pointsOf(gone.join(""))) this.deleted.add(point);
    for (const point of pointsOf(fresh.join(""))) this.typed.add(point);
    const from = lines.slice(0, at).join("").length;
    tab.type([{ from, to: from + gone.join("").length, insert: fresh.join("") }]);
  }

  /** What is typed and deleted is noted from here on. */
  begin(): void {
    this.typed.clear();
    this.deleted.clear();
  }

  /** So many steps, and then everything arrives. */
  typeOn(steps: number, tabs: readonly EditingTab[] = this.tabs): void {
    for (let i = 0; i < steps; i++) this.step(tabs);
    this.settle();
  }

  /** One that was there, at any time. */
  anyText(): string {
    return this.texts[this.random.below(this.server.revision + 1)]!;
  }

  /** Somebody types, or the network delivers something. */
  step(tabs: readonly EditingTab[] = this.tabs): void {
    const tab = this.random.pick(tabs);
    const dice = this.random.below(100);
    const any = this.random.pick(this.tabs);
    if (dice < 40) this.type(tab);
    else if (dice < 70) any.deliverUp();
    else any.deliverDown(this.random.between(1, 3));
    this.#remember();
  }

  /** A code point of its own, and a line end: what two lines have in common, nobody need touch. */
  #line(tab: EditingTab): string {
    const point = String.fromCodePoint(0x4e00 + this.#next++);
    this.authors.set(point, tab);
    return `${point}\n`;
  }

  /** Everything arrives. */
  settle(): void {
    for (let quiet = false; !quiet; ) {
      quiet = true;
      for (const tab of this.tabs) {
        if (!tab.isConnected) tab.connect();
        while (tab.deliverUp()) quiet = this.#remember();
        while (tab.deliverDown(2)) quiet = false;
      }
    }
    for (const tab of this.tabs) expect([tab.text, tab.contradictions, tab.sync.unsaved]).toEqual([this.text, 0, 0]);
  }

  get text(): string {
    return this.server.text.read();
  }

  /** What somebody did since that revision, taken out of the present text. */
  without(author: number, since: number): string {
    return textWithout(this.texts[since]!, this.server.deedsFrom(since), author);
  }

  /** The connection ends; the oldest edit on its way may have arrived. */
  cut(tab: EditingTab): void {
    tab.disconnect(this.random.below(2));
    this.#remember();
  }

  free(): void {
    for (const tab of this.tabs) tab.sync.free();
    this.server.text.free();
  }

  #remember(): false {
    this.texts[this.server.revision] ??= this.text;
    return false;
  }
}

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
const pointsOf = (text: string): string[] => [...text].filter((point) => point !== "\n");

/** Runs from a seed that a failure prints. */
function law(name: string, run: (room: Room) => void): void {
  const only = process.env["SEED"];
  const first = only ? Number(only) : Math.floor(Math.random() * 2 ** 31);
  test(`law: ${name} (${only ? 1 : RUNS} runs from seed ${first})`, { timeout: 60_000 }, () => {
    for (let seed = first; seed < first + (only ? 1 : RUNS); seed++) {
      const room = new Room(seed);
      try {
        run(room);
      } catch (error) {
        console.error(`failed: SEED=${seed} npm test -- restoring`);
        throw error;
      } finally {
        room.free();
      }
    }
  });
}

/** The text is that one, but for what was typed and deleted meanwhile; and of that nothing is lost. */
function isText(room: Room, expected: string): void {
  const { typed, deleted } = room;
  const points = pointsOf(room.text);
  expect(points.filter((point) => !typed.has(point))).toEqual(pointsOf(expected).filter((point) => !deleted.has(point)));
  expect(points.filter((point) => typed.has(point)).toSorted()).toEqual([...typed].filter((point) => !deleted.has(point)).toSorted());
}

law("everybody ends with the same text, whoever brings back, undoes and takes back what at the same time", (room) => {
  for (let i = 0; i < 200; i++) {
    const tab = room.random.pick(room.tabs);
    const { revision } = room.server;
    const dice = room.random.below(100);
    if (dice < 5) tab.bringBack(room.anyText());
    else if (dice < 9) tab.undo();
    else if (dice < 12) tab.bringBack(room.without(room.random.pick(room.tabs).userId, Math.max(0, revision - room.random.below(20))));
    else if (dice < 14) room.cut(tab);
    else if (dice < 18) tab.connect();
    else room.step();
  }
  room.settle();
});

law("an earlier text is brought back, and what is typed meanwhile stays", (room) => {
  room.typeOn(60);
  const earlier = room.anyText();
  room.begin();
  room.tabs[0]!.bringBack(earlier);
  room.typeOn(20);
  isText(room, earlier);
});

law("undone, the text from before is there, with all that was typed since", (room) => {
  room.typeOn(60);
  const [tab, ...others] = room.tabs;
  const [before, earlier] = [room.text, room.anyText()];
  room.begin();
  tab!.bringBack(earlier);
  const hasChanged = tab!.text !== before;
  room.typeOn(20, others);
  const since = new Set(room.typed);
  // What is undone comes back, also where another has deleted it at the same time.
  const gone = [...room.deleted].filter((point) => earlier.includes(point) || since.has(point));
  if (!hasChanged) return;
  room.begin();
  tab!.undo();
  room.typeOn(20, others);
  for (const point of since) room.typed.add(point);
  for (const point of gone) room.deleted.add(point);
  isText(room, before);
});

law("what somebody did is taken back, and what the others did stays", (room) => {
  room.typeOn(40);
  const since = room.server.revision;
  room.begin();
  room.typeOn(40);
  const [first, second] = room.tabs;
  const wanted = room.without(second!.userId, since);
  for (const point of room.typed) {
    const isTaken = room.authors.get(point) === second;
    if (isTaken) expect(wanted).not.toContain(point);
    else if (room.text.includes(point)) expect(wanted).toContain(point);
  }
  room.begin();
  first!.bringBack(wanted);
  room.typeOn(20);
  isText(room, wanted);
});
