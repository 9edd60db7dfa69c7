// @vitest-environment happy-dom
/** Tasks that are ticked quickly, in an editor whose changes go to a server that is late with its answers. */

import { history, redo, undo } from "@codemirror/commands";
import { Transaction } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Change, initKernel } from "../kernel";
import { kernelBytes } from "../testing/kernel_bytes";
import { ModelServer } from "../testing/model_server";
import { Random } from "../testing/random";
import { SimulatedTab, type TabKind } from "../testing/simulated_tab";
import { changesIn } from "./clean_input";
import { offered } from "./offered";
import { tickTask } from "./tasks";

/** One of a thousand such runs leaves two marks in the box: docs/decisions/085. */
const SEED = Number(process.env["SEED"] ?? 1);

/** A tab whose text is in an editor, with its undo. */
class TabWithEditor extends SimulatedTab {
  /** Left out by the constructor of the class above. */
  #view: EditorView | undefined;

  get view(): EditorView {
    return (this.#view ??= new EditorView({ extensions: [history(), EditorView.updateListener.of((update) => this.#heard(update.transactions))] }));
  }

  /** Presses the box of the task in that line, as it is shown. */
  press(line: number): string {
    const isDone = /\[ \]/.test(this.view.state.doc.line(line + 1).text);
    return tickTask(this.view, line, isDone, this.sync.unsaved === 0);
  }

  protected override change(changes: readonly Change[], byUser: boolean): void {
    super.change(changes, byUser);
    if (byUser || changes.length === 0) return;
    this.view.dispatch({ changes: [...changes], annotations: [Transaction.remote.of(true), Transaction.addToHistory.of(false)] });
  }

  #heard(transactions: readonly Transaction[]): void {
    for (const tr of transactions) {
      if (tr.docChanged && !tr.annotation(Transaction.remote)) this.type(changesIn(tr), tr.annotation(offered) ?? null);
    }
  }
}

let server: ModelServer;
let tabs: TabWithEditor[];

beforeAll(() => initKernel(kernelBytes()));

function start(kinds: readonly TabKind[], text: string): void {
  server = new ModelServer();
  tabs = ["a", "b", "c"].map((name, i) => new TabWithEditor(server, name, kinds[i]));
  for (const tab of tabs) tab.connect();
  settle();
  tabs[0]!.type([{ from: 0, to: 0, insert: text }]);
  tabs[0]!.view.dispatch({ changes: { from: 0, insert: text }, annotations: [Transaction.remote.of(true), Transaction.addToHistory.of(false)] });
  settle();
}

afterEach(() => {
  for (const tab of tabs) tab.sync.free();
  server.text.free();
});

function settle(): void {
  for (let moves = true; moves; ) {
    moves = false;
    for (const tab of tabs) {
      if (!tab.isConnected) tab.connect();
      moves = [tab.deliverUp(), tab.deliverDown(9)].includes(true) || moves;
    }
  }
}

function expectAll(text: string): void {
  settle();
  for (const tab of tabs) {
    expect(tab.view.state.doc.toString(), tab.name).toBe(text);
    expect(tab.text).toBe(text);
    expect(tab.sync.unsaved).toBe(0);
  }
}

const ORDERS: [TabKind[]][] = [
  [["by author", "by author", "by author"]],
  [["by text", "by text", "by text"]],
  [["by author", "by text", "by author"]],
];

describe.each(ORDERS)("a task, ordered %s", (kinds) => {
  let [ann, bob]: TabWithEditor[] = [];
  beforeEach(() => {
    start(kinds, "- [ ] one\n- [ ] two\n");
    [ann, bob] = tabs;
  });

  test.each([1, 2, 3, 4, 5])("that is pressed %d times before any answer is ticked or not by that number", (times) => {
    for (let i = 0; i < times; i++) {
      expect(ann!.press(0)).toBe("done");
      expect(ann!.view.state.doc.line(1).text).toBe(i % 2 === 0 ? "- [x] one" : "- [ ] one");
    }
    expectAll(times % 2 === 0 ? "- [ ] one\n- [ ] two\n" : "- [x] one\n- [ ] two\n");
  });

  test.each([
    ["before it is undone", () => (ann!.deliverDown(9), undo(ann!.view))],
    ["after it is undone", () => (undo(ann!.view), ann!.deliverDown(9))],
    ["before it is pressed again", () => (ann!.deliverDown(9), ann!.press(0))],
    ["after it is pressed again", () => (ann!.press(0), ann!.deliverDown(9))],
    ["before it is undone, and that as well", () => (ann!.deliverDown(9), undo(ann!.view), redo(ann!.view))],
    ["before it is undone and done and undone", () => (ann!.deliverDown(9), undo(ann!.view), redo(ann!.view), undo(ann!.view))],
    ["before and after it is undone", () => (ann!.deliverDown(9), undo(ann!.view), bob!.deliverDown(9), bob!.press(1), bob!.deliverUp())],
  ])("that another has ticked, which comes in %s, is ticked", (_, then) => {
    bob!.press(0);
    ann!.press(0);
    bob!.deliverUp();
    then();
    settle();
    expect(server.text.read()).toMatch(/^- \[x\] one\n- \[[ x]\] two\n$/);
    expectAll(server.text.read());
  });

  test(`is a task in the end, whatever one does to it while others tick it once, by seed ${SEED}`, () => {
    const random = Random.of(SEED, "tasks");
    for (let run = 0; run < 100; run++) {
      const others = new Set(tabs.slice(1));
      for (let step = 0; step < 40; step++) {
        const tab = tabs[random.below(3)]!;
        if (!tab.isConnected && random.chance(50)) tab.connect();
        else if (random.chance(4)) tab.disconnect(random.below(2));
        else if (random.chance(30) && (tab === ann || others.delete(tab))) tab.press(tab.view.state.doc.lines - 3);
        else if (random.chance(20) && tab === ann) (random.chance(60) ? undo : redo)(tab.view);
        else if (random.chance(8)) tab.view.dispatch({ changes: { from: 0, insert: "typed\n" }, userEvent: "input" });
        else if (random.chance(50)) tab.deliverUp();
        else tab.deliverDown(1 + random.below(2));
      }
      settle();
      const text = server.text.read();
      expect(text, `seed ${SEED}, run ${run}`).toMatch(/^(?:typed\n)*- \[[ x]\] one\n- \[ \] two\n$/);
      expectAll(text);
    }
  });
});
