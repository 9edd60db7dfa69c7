/**
 * Threads beside a text that several people edit at once. Whatever is typed, sent, lost and sent again: each tab has each
 * thread around what is left of the text that it was made about, in the text as the tab shows it; and once all has arrived, at
 * the place where an observer of the server's operations has it, who marks letters one by one.
 *
 * A failure prints its seed; SEED=n npm test -- threads replays it.
 */

import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { initKernel, type Components } from "../kernel";
import { CommentFeed, type CommentNews } from "../session/comment_feed";
import { kernelBytes } from "../testing/kernel_bytes";
import { ModelServer } from "../testing/model_server";
import { Random } from "../testing/random";
import { SimulatedTab } from "../testing/simulated_tab";
import { isDetached, moved, stepOf } from "./place";
import { Threads } from "./threads";

beforeAll(() => initKernel(kernelBytes()));

const RUNS = 150;
const STEPS = 120;
const AUTHOR = { name: "Alice", hue: 20, key: "aaaaaaaaaaaa" };

const comment = (id: string, text = "?") => ({ id, author: AUTHOR, text, made_at: 1, edited_at: null });
const thread = (id: string, from: number, to: number, more: object = {}) => ({
  id, from, to, quote: "q", made_at: 1, resolved: null, comments: [comment(id)], ...more,
});

/** A letter, and the threads that it is a part of. */
interface Letter {
  point: string;
  of: ReadonlySet<string>;
}

/** Follows the server's operations letter by letter. */
class Observer {
  #text: Letter[];

  constructor(text: string, ids: ReadonlyMap<string, { from: number; to: number }>) {
    const at = (i: number) => new Set([...ids].filter(([, { from, to }]) => from <= i && i < to).map(([id]) => id));
    this.#text = [...text].map((point, i) => ({ point, of: at(i) }));
  }

  apply(operation: Components): void {
    const result: Letter[] = [];
    let rest = this.#text;
    // An insert stands before the delete at its place. It is in what the letters on both of its sides were in.
    for (const part of operation) {
      if (typeof part === "string") {
        const [before, after] = [this.#text[this.#text.length - rest.length - 1], rest[0]];
        const of = new Set([...(before?.of ?? [])].filter((id) => after?.of.has(id)));
        for (const point of part) result.push({ point, of });
      } else if (part > 0) result.push(...rest.slice(0, part));
      if (typeof part === "number") rest = rest.slice(Math.abs(part));
    }
    this.#text = result;
  }

  /** null: it is detached. */
  placeOf(id: string): { from: number; to: number } | null {
    const from = this.#text.findIndex(({ of }) => of.has(id));
    return from < 0 ? null : { from, to: this.#text.findLastIndex(({ of }) => of.has(id)) + 1 };
  }
}

interface Tab {
  tab: SimulatedTab;
  feed: CommentFeed;
  threads: Threads;
}

function run(seed: number): void {
  const random = new Random(seed);
  let next = 0x4e00;
  const letters = (n: number) => Array.from({ length: n }, () => String.fromCodePoint(random.chance(20) ? 0x20000 + next++ : next++)).join("");
  const server = new ModelServer();
  const tabs: Tab[] = Array.from({ length: 2 + random.below(2) }, (_, i) => {
    const tab = new SimulatedTab(server, `t${i}`);
    const feed = new CommentFeed(tab.sync);
    tab.sync.witnesses.add(feed);
    return { tab, feed, threads: new Threads(feed) };
  });
  settle(tabs);
  tabs[0]!.tab.type([{ from: 0, to: 0, insert: letters(30) }]);
  settle(tabs);

  const whole = server.text.read();
  const points = [...whole];
  const places = new Map<string, { from: number; to: number }>();
  for (let i = 0; i < 4; i++) {
    const [from, to] = [random.below(points.length), random.below(points.length)].sort((a, b) => a - b) as [number, number];
    places.set(`thread${i}`, { from, to: to + 1 });
  }
  const observer = new Observer(whole, places);
  tabs[0]!.tab.sync.witnesses.add({ entry: ({ operation }) => observer.apply(operation), snapshot: () => expect.fail("a text came in place of history") });
  for (const { feed } of tabs) feed.hear("Comments", { revision: server.revision, threads: [...places].map(([id, { from, to }]) => thread(id, from, to)) });

  for (let step = 0; step < STEPS; step++) {
    const it = random.pick(tabs);
    act(it.tab, random, letters);
    if (random.chance(30)) it.threads.takeIn();
    if (random.chance(30)) check(it, places, points);
  }
  settle(tabs);
  for (const { threads, tab } of tabs) {
    threads.takeIn();
    const shown = new Map(threads.shown().map(({ id, from, to }) => [id, tab.text.slice(from, to)]));
    for (const id of places.keys()) {
      const place = observer.placeOf(id);
      const mine = threads.places.get(id)!;
      expect(isDetached(mine) ? null : mine, id).toEqual(place);
      expect(shown.get(id), id).toBe(place ? [...tab.text].slice(place.from, place.to).join("") : undefined);
    }
  }
  for (const { tab } of tabs) tab.sync.free();
  server.text.free();
}

/** Each thread has all that is left of its text, and nothing that was outside of it. */
function check({ tab, threads }: Tab, places: ReadonlyMap<string, { from: number; to: number }>, points: readonly string[]): void {
  threads.takeIn();
  const shown = new Map(threads.shown().map(({ id, from, to }) => [id, tab.text.slice(from, to)]));
  const there = new Set(tab.text);
  for (const [id, { from, to }] of places) {
    const piece = new Set(shown.get(id));
    // Of expectations there would be hundreds of thousands.
    const wrong = points.filter((point, i) => there.has(point) && piece.has(point) !== (from <= i && i < to));
    if (wrong.length > 0) expect(wrong, id).toEqual([]);
  }
}

function act(tab: SimulatedTab, random: Random, letters: (n: number) => string): void {
  const dice = random.below(100);
  if (dice < 45) {
    const offsets = [0];
    for (const point of tab.text) offsets.push(offsets.at(-1)! + point.length);
    const from = random.below(offsets.length);
    const to = Math.min(from + random.below(random.chance(20) ? 12 : 4), offsets.length - 1);
    tab.type([{ from: offsets[from]!, to: offsets[to]!, insert: random.chance(60) ? letters(1 + random.below(3)) : "" }]);
  } else if (dice < 65) tab.deliverUp();
  else if (dice < 90) tab.deliverDown(1 + random.below(3));
  else if (dice < 95) {
    if (tab.isConnected) tab.disconnect(random.below(2));
  } else if (!tab.isConnected) tab.connect();
}

function settle(tabs: readonly Tab[]): void {
  for (let quiet = false; !quiet; ) {
    quiet = true;
    for (const { tab } of tabs) {
      if (!tab.isConnected) tab.connect();
      while (tab.deliverUp()) quiet = false;
      while (tab.deliverDown(2)) quiet = false;
    }
  }
}

describe("threads stay with their text, for everybody alike", () => {
  const only = process.env.SEED;
  const first = only ? Number(only) : Math.floor(Math.random() * 2 ** 31);
  const count = only ? 1 : RUNS;

  test(`${count} runs from seed ${first}`, { timeout: 60_000 }, () => {
    for (let seed = first; seed < first + count; seed++) {
      try {
        run(seed);
      } catch (error) {
        console.error(`failed: SEED=${seed} npm test -- threads`);
        throw error;
      }
    }
  });
});

describe("a place", () => {
  test.each([
    ["before it", [2, "xy", 8], { from: 5, to: 9 }, { from: 7, to: 11 }],
    ["inside", [6, "😀", 4], { from: 5, to: 9 }, { from: 5, to: 10 }],
    ["at its beginning", [5, "x", 5], { from: 5, to: 9 }, { from: 6, to: 10 }],
    ["at its end", [9, "x", 1], { from: 5, to: 9 }, { from: 5, to: 9 }],
    ["a part of it goes", [4, -3, 3], { from: 5, to: 9 }, { from: 4, to: 6 }],
    ["all of it goes", [4, -6], { from: 5, to: 9 }, { from: 4, to: 4 }],
    ["all of it is replaced", [5, "new", -4, 1], { from: 5, to: 9 }, { from: 8, to: 8 }],
    ["where one is detached", [4, "x", 6], { from: 4, to: 4 }, { from: 4, to: 4 }],
  ])("%s", (_, operation, before, after) => expect(moved(before, stepOf(operation))).toEqual(after));
});

describe("what the server tells", () => {
  const feedOf = (...news: CommentNews[]) => ({ take: () => news.splice(0), text: { unsentOperations: [], u16Of: (at: number) => at }, news });
  beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
  const told = (name: string, body: unknown): CommentNews => ({ kind: "told", name, body });

  test("is sorted by where it is; those without text and the resolved ones are apart", () => {
    const by = { at: 2, by: AUTHOR };
    const all = [thread("b", 7, 9), thread("a", 1, 3), thread("gone", 4, 4), thread("done", 2, 3, { resolved: by }), thread("both", 4, 4, { resolved: by })];
    const threads = new Threads(feedOf(told("Comments", { revision: 1, threads: all })));
    expect(threads.takeIn()).toEqual([]);
    const { open, detached, resolved } = threads.sorted.value;
    expect([open, detached, resolved].map((some) => some.map(({ id }) => id))).toEqual([["a", "b"], ["gone"], ["done", "both"]]);
    expect(threads.shown().map(({ id }) => id)).toEqual(["b", "a", "done"]);
  });

  test("that a thread has another comment; and that it is gone", () => {
    const feed = feedOf(told("Comments", { threads: [thread("a", 1, 3)] }));
    const threads = new Threads(feed);
    threads.takeIn();
    feed.news.push(told("Comment", { revision: 2, thread: thread("a", 1, 3, { comments: [comment("a", "edited"), comment("c", "new")] }) }));
    expect(threads.takeIn().map((it) => it.comment.text)).toEqual(["new"]);
    feed.news.push(told("CommentGone", { thread: "a" }));
    expect(threads.takeIn()).toEqual([]);
    expect(threads.sorted.value.open).toEqual([]);
  });

  test("with a whole text: that nothing is known of the threads before", () => {
    const threads = new Threads(feedOf(told("Comments", { threads: [thread("a", 1, 3)] }), { kind: "unknown" }, told("Comment", { thread: thread("b", 0, 1) })));
    threads.takeIn();
    expect(threads.sorted.value.open.map(({ id }) => id)).toEqual(["b"]);
  });

  test.each([
    [{ ...thread("a", 3, 1) }],
    [{ ...thread("a", 1, 3), comments: [] }],
    [{ ...thread("a", 1, 3), comments: [{ ...comment("a"), author: { ...AUTHOR, hue: 400 } }] }],
    [{ ...thread("a", 1, 3), quote: 5 }],
    [null],
  ])("%j is no thread, and the others stay", (bad) => {
    const threads = new Threads(feedOf(told("Comment", { thread: thread("ok", 0, 1) }), told("Comment", { thread: bad })));
    threads.takeIn();
    expect(threads.sorted.value.open.map(({ id }) => id)).toEqual(["ok"]);
  });

  test("an edit tells nobody of the list", () => {
    const feed = feedOf(told("Comments", { threads: [thread("a", 1, 3)] }));
    const threads = new Threads(feed);
    threads.takeIn();
    const before = threads.sorted.value;
    feed.news.push({ kind: "moved", operation: [0, "x", 5] });
    threads.takeIn();
    expect(threads.sorted.value).toBe(before);
    expect(threads.places.get("a")).toEqual({ from: 2, to: 4 });
  });
});
