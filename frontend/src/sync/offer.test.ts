/** What several people are offered is made once, whoever presses first. */

import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { initKernel, kernelHeapBytes } from "../kernel";
import { kernelBytes } from "../testing/kernel_bytes";
import { ModelServer } from "../testing/model_server";
import { Random } from "../testing/random";
import { SimulatedTab, type TabKind } from "../testing/simulated_tab";
import { changesBetween } from "./diff";

let server: ModelServer;
let tabs: SimulatedTab[];

const TOUCHED = { ends: "when_touched", onDropped() {} } as const;
const MADE = { ends: "when_made", onDropped() {} } as const;
const TEXT = "one\ntwo\nthree\n";

beforeAll(() => initKernel(kernelBytes()));

let heap = 0;
function start(kinds: readonly TabKind[]): void {
  heap = kernelHeapBytes();
  server = new ModelServer();
  tabs = ["a", "b", "c"].map((name, i) => new SimulatedTab(server, name, kinds[i]));
  for (const tab of tabs) tab.connect();
  settle();
}

afterEach(() => {
  for (const tab of tabs) tab.sync.free();
  server.text.free();
  expect(kernelHeapBytes(), "all memory of the kernel is given back").toBe(heap);
});

function settle(): void {
  for (let moves = true; moves; ) {
    moves = false;
    for (const tab of tabs) moves = [tab.deliverUp(), tab.deliverDown(9)].includes(true) || moves;
  }
}

const put = (tab: SimulatedTab, text: string) => tab.type(changesBetween(tab.text, text), TOUCHED);
const write = (tab: SimulatedTab, at: number, insert: string) => tab.type([{ from: at, to: at, insert }]);
const begin = (text: string) => (put(tabs[0]!, text), settle());

/** All hold that text, and nothing is unsent. */
function expectAll(text: string): void {
  settle();
  for (const tab of tabs) {
    expect(tab.text, tab.name).toBe(text);
    expect(tab.sync.localText()).toBe(text);
    expect(tab.sync.unsaved).toBe(0);
  }
  expect(server.text.read()).toBe(text);
}

describe.each([
  [["by author", "by author", "by author"]],
  [["by text", "by text", "by text"]],
  [["by author", "by text", "by author"]],
] as [TabKind[]][])("an offer that several take within a round trip, ordered %s", (kinds) => {
  beforeEach(() => start(kinds));

  test.each(["", "an older text\n", "one\nthree\n"])("is made once, over %j", (before) => {
    begin(before);
    for (const tab of tabs) put(tab, TEXT);
    expectAll(TEXT);
    expect(tabs.map((tab) => tab.sync.offers.takeDropped())).toEqual([[], [TOUCHED], [TOUCHED]]);
  });

  test.each([TOUCHED, MADE])("is made once where it is too large for one message, and ends %j", (offered) => {
    server.limits.messageBytes = 3000;
    for (const tab of tabs) tab.connect();
    begin("an older text\n".repeat(500));
    const text = "line\n".repeat(2000);
    for (const tab of tabs) tab.type([{ from: 0, to: tab.text.length, insert: text }], offered);
    expectAll(text);
    expect(tabs.map((tab) => tab.sync.offers.takeDropped())).toEqual([[], [offered], [offered]]);
  });

  test("is the first one's where the texts differ", () => {
    put(tabs[1]!, "a sample");
    put(tabs[0]!, "ein Beispiel");
    expectAll("ein Beispiel");
  });

  test("goes when somebody has written there, and stays when it was elsewhere", () => {
    begin("head\ntail\n");
    write(tabs[0]!, 10, "typed");
    put(tabs[1]!, "new head\ntail\n");
    expectAll("new head\ntail\ntyped");
    write(tabs[0]!, 19, "!");
    put(tabs[1]!, "new head\ntail\ntyped\nmore\n");
    expectAll("new head\ntail\ntyped!");
    expect(tabs[1]!.sync.offers.takeDropped()).toEqual([TOUCHED]);
  });

  test("is made once when it was taken without a connection, with typing before and after", () => {
    begin("x\n");
    for (const tab of tabs) tab.disconnect(0);
    write(tabs[0]!, 0, "A");
    write(tabs[1]!, 0, "B");
    for (const tab of tabs) put(tab, tab.text + TEXT);
    write(tabs[0]!, 0, "a");
    write(tabs[1]!, tabs[1]!.text.length, "b");
    for (const tab of tabs) {
      tab.connect();
      settle();
    }
    expect(server.text.read().split("three").length - 1).toBe(1);
    expect([...server.text.read()].filter((it) => "ABab".includes(it)).toSorted().join("")).toBe("ABab");
    expectAll(server.text.read());
  });

  test.each([0, 1])("is made once when the connection is lost with it on its way, %d arrived", (arrived) => {
    begin("x\n");
    put(tabs[0]!, TEXT);
    put(tabs[1]!, TEXT);
    tabs[0]!.deliverUp();
    tabs[1]!.disconnect(arrived);
    write(tabs[1]!, 3, "!");
    tabs[1]!.connect();
    settle();
    expect(server.text.read().split("three").length - 1).toBe(1);
    expectAll(server.text.read());
  });

  test("leaves what others have typed into it", () => {
    put(tabs[0]!, TEXT);
    put(tabs[1]!, TEXT);
    tabs[0]!.deliverUp();
    tabs[1]!.deliverUp();
    tabs[2]!.deliverDown(9);
    write(tabs[2]!, 3, "!");
    write(tabs[2]!, tabs[2]!.text.length - 1, "?");
    settle();
    const text = server.text.read();
    expect(text.split("three").length - 1).toBe(1);
    expect(text).toContain("!");
    expect(text).toContain("?");
    expectAll(text);
  });

  test("that is a replacement by a file goes only when another made the same change", () => {
    begin("one\n2\nthree\n");
    write(tabs[0]!, 5, "!");
    tabs[1]!.type(changesBetween(tabs[1]!.text, TEXT), MADE);
    tabs[2]!.type(changesBetween(tabs[2]!.text, TEXT), MADE);
    settle();
    expectAll("one\ntwo!\nthree\n");
  });

  test("that is taken when it is made is nothing, and is not sent", () => {
    begin("- [x] one\n");
    write(tabs[1]!, 0, "more\n");
    tabs[1]!.deliverUp();
    tabs[0]!.deliverDown(9);
    tabs[0]!.type([{ from: 8, to: 9, insert: " x" }], { ends: "at_once", onDropped() {} });
    expect([tabs[0]!.text, tabs[0]!.sync.unsaved]).toEqual(["more\n- [ x] one\n", 0]);
    write(tabs[0]!, 15, "!");
    expectAll("more\n- [x] one!\n");
  });

  test("is an edit like any other once the server has it", () => {
    put(tabs[0]!, TEXT);
    settle();
    write(tabs[1]!, 0, "x");
    settle();
    expectAll("x" + TEXT);
  });
});

/** The text of that many tasks, each ticked or not. */
const tasks = (count: number, isTicked: (task: number) => boolean) =>
  Array.from({ length: count }, (_, i) => `- [${isTicked(i) ? "x" : " "}] task ${i}\n`).join("");

/** Ticks a task, as the preview does, where it is not ticked. */
function tick(tab: SimulatedTab, task: number): void {
  const at = new RegExp(`\\[ \\] task ${task}\n`).exec(tab.text)?.index;
  if (at !== undefined) tab.type([{ from: at + 1, to: at + 2, insert: "x" }], MADE);
}

/** Takes its tick back, as undo does. */
function undoTick(tab: SimulatedTab, task: number): void {
  const at = new RegExp(`\\[x\\] task ${task}\n`).exec(tab.text)?.index;
  if (at !== undefined) tab.type([{ from: at + 1, to: at + 2, insert: " " }], TOUCHED);
}

describe.each([
  [["by author", "by author", "by author"]],
  [["by text", "by text", "by text"]],
  [["by author", "by text", "by author"]],
] as [TabKind[]][])("several offers in quick succession, ordered %s", (kinds) => {
  beforeEach(() => (start(kinds), begin(tasks(6, () => false))));

  test("are each made once, whoever else takes which of them", () => {
    for (const task of [0, 1, 2, 3]) tick(tabs[0]!, task);
    for (const task of [3, 1, 4]) tick(tabs[1]!, task);
    for (const task of [4, 0]) tick(tabs[2]!, task);
    expectAll(tasks(6, (i) => i < 5));
    const dropped = tabs.map((tab) => tab.sync.offers.takeDropped().length);
    expect(dropped[0]! + dropped[1]! + dropped[2]!).toBe(4);
    expect(tabs.map((tab) => tab.sync.offers.takeDropped())).toEqual([[], [], []]);
  });

  test("are each made once without a connection, with typing before, between and after", () => {
    for (const tab of tabs) tab.disconnect(0);
    for (const [i, tab] of tabs.entries()) {
      write(tab, 0, `${i}a\n`);
      tick(tab, 1);
      tick(tab, 2);
      write(tab, tab.text.length, `${i}b\n`);
      tick(tab, 3 + i);
      write(tab, 0, `${i}c\n`);
    }
    for (const tab of tabs) {
      tab.connect();
      settle();
    }
    const lines = server.text.read().split("\n").filter((line) => line !== "");
    expect(lines.filter((line) => line.startsWith("-")).join("\n") + "\n").toBe(tasks(6, (i) => i > 0));
    expect(lines.filter((line) => !line.startsWith("-")).toSorted()).toEqual(["0a", "0b", "0c", "1a", "1b", "1c", "2a", "2b", "2c"]);
    expectAll(server.text.read());
  });

  test("go together with what undoes them, where another made the same", () => {
    // On its way, with the undoing behind it.
    tick(tabs[0]!, 1);
    undoTick(tabs[0]!, 1);
    tick(tabs[1]!, 1);
    tabs[1]!.deliverUp();
    settle();
    expectAll(tasks(6, (i) => i === 1));
    // Without a connection.
    tabs[0]!.disconnect(0);
    tick(tabs[0]!, 2);
    undoTick(tabs[0]!, 2);
    tick(tabs[1]!, 2);
    settle();
    tabs[0]!.connect();
    expectAll(tasks(6, (i) => i === 1 || i === 2));
    // The undoing alone, of one that the server has, while the other undoes it as well.
    tabs[0]!.disconnect(0);
    undoTick(tabs[0]!, 1);
    undoTick(tabs[1]!, 1);
    settle();
    tabs[0]!.connect();
    expectAll(tasks(6, (i) => i === 2));
  });

  test("that are undone before they are sent are nothing, also to those who are quicker", () => {
    tabs[0]!.disconnect(0);
    write(tabs[0]!, 0, "a\n");
    tick(tabs[0]!, 1);
    tick(tabs[0]!, 2);
    undoTick(tabs[0]!, 2);
    undoTick(tabs[0]!, 1);
    expect(tabs[0]!.sync.unsaved).toBe(1);
    tick(tabs[1]!, 1);
    tabs[0]!.connect();
    for (let i = 0; i < 3; i++) {
      tabs[0]!.deliverDown(9);
      tabs[0]!.deliverUp();
    }
    expectAll("a\n" + tasks(6, (i) => i === 1));
  });

  test("are not more than can be compared", () => {
    tabs[0]!.disconnect(0);
    const places = [1, 2, 4];
    for (let i = 0; i < 999; i++) (i % 6 < 3 ? tick : undoTick)(tabs[0]!, places[i % 3]!);
    tick(tabs[1]!, 3);
    settle();
    tabs[0]!.connect();
    expectAll(tasks(6, (i) => [1, 2, 3, 4].includes(i)));
  });

  test("stay offers behind an edit that was refused and is taken back", () => {
    server.limits.documentBytes = server.text.bytes + 10;
    write(tabs[0]!, 0, "too long for it");
    settle();
    expect(tabs[0]!.sync.refusal).not.toBe(null);
    tick(tabs[0]!, 2);
    tick(tabs[1]!, 2);
    tabs[0]!.sync.undoRefused();
    tabs[0]!.syncEditor();
    expectAll(tasks(6, (i) => i === 2));
  });
});

test.each([[["by author", "by author", "by author"]], [["by text", "by text", "by text"]], [["by author", "by text", "by author"]]] as [TabKind[]][])("of many tasks that several tick at random, and undo it, each is ticked once or not, ordered %s", (kinds) => {
  const random = new Random(11);
  for (let run = 0; run < 40; run++) {
    const isUndone = run % 2 === 1;
    if (run > 0) for (const tab of tabs) tab.sync.free();
    if (run > 0) server.text.free();
    start(kinds);
    begin(tasks(8, () => false));
    const ticked = new Map<SimulatedTab, number[]>(tabs.map((tab) => [tab, []]));
    for (let step = 0; step < 80; step++) {
      const tab = tabs[random.below(3)]!;
      if (!tab.isConnected && random.chance(50)) tab.connect();
      else if (random.chance(5)) tab.disconnect(random.below(2));
      else if (random.chance(30)) {
        // As the editor does it: of a task whose last tick is not saved another waits, and the last tick is undone.
        const done = ticked.get(tab)!;
        if (tab.sync.unsaved === 0) done.length = 0;
        const task = random.below(8);
        if (isUndone && done.length > 0 && random.chance(40)) undoTick(tab, done.at(-1)!);
        else if (!done.includes(task)) {
          tick(tab, task);
          done.push(task);
        }
      }
      else if (random.chance(20)) write(tab, 0, "typed\n");
      else if (random.chance(50)) tab.deliverUp();
      else tab.deliverDown(1 + random.below(2));
    }
    for (let moves = true; moves; settle()) {
      moves = tabs.some((tab) => !tab.isConnected);
      for (const tab of tabs) if (!tab.isConnected) tab.connect();
    }
    expectAll(server.text.read());
    expect(server.text.read().replaceAll("typed\n", "").replaceAll("[ ]", "[x]")).toBe(tasks(8, () => true));
  }
});

test.each([Infinity, 110])("whatever is offered and typed, in messages of %d bytes, all hold the same text in the end", (messageBytes) => {
  start(["by author", "by text", "by turns"]);
  server.limits.messageBytes = messageBytes;
  for (const tab of tabs) tab.connect();
  const random = new Random(7);
  for (let run = 0; run < 150; run++) {
    for (let step = 0; step < 40; step++) {
      const tab = tabs[random.below(3)]!;
      const other = random.chance(50) ? TEXT : `${tab.text}${random.below(9)}\n`;
      if (!tab.isConnected && random.chance(50)) tab.connect();
      else if (random.chance(8)) tab.disconnect(random.below(2));
      else if (random.chance(20)) tab.type(changesBetween(tab.text, other), random.chance(50) ? TOUCHED : MADE);
      else if (random.chance(25)) write(tab, random.below(tab.text.length + 1), `${random.below(9)}`);
      else if (random.chance(50)) tab.deliverUp();
      else tab.deliverDown(1 + random.below(2));
      if (random.chance(2)) server.compact();
    }
    // A tab that cannot tell what an answer means drops the connection, and asks for everything.
    while (tabs.some((tab) => !tab.isConnected)) {
      for (const tab of tabs) if (!tab.isConnected) tab.connect();
      settle();
    }
    settle();
    expectAll(server.text.read());
  }
});
