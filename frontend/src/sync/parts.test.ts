/** Edits that are too large for one message go in several. */

import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { initKernel, kernelHeapBytes } from "../kernel";
import { kernelBytes } from "../testing/kernel_bytes";
import { ModelServer } from "../testing/model_server";
import { SimulatedTab } from "../testing/simulated_tab";
import { changesBetween } from "./diff";
import type { Refusal } from "./types";

const MESSAGE_BYTES = 200;

let server: ModelServer;
let [tab, other]: SimulatedTab[] = [];
let heap = 0;

beforeAll(() => initKernel(kernelBytes()));

beforeEach(() => {
  heap = kernelHeapBytes();
  server = new ModelServer();
  server.limits = { documentBytes: 1000, messageBytes: MESSAGE_BYTES };
  [tab, other] = [new SimulatedTab(server, "tab"), new SimulatedTab(server, "other")];
  for (const each of [tab, other]) each.connect();
  settle();
});

afterEach(() => {
  for (const each of [tab!, other!]) each.sync.free();
  server.text.free();
  expect(kernelHeapBytes(), "all memory of the kernel is given back").toBe(heap);
});

function settle(): void {
  for (let moves = true; moves; ) {
    moves = false;
    for (const each of [tab!, other!]) {
      each.write(); // an edit waits for it where there is a record
      moves = [each.deliverUp(), each.deliverDown(9)].includes(true) || moves;
    }
  }
}

/** An edit reaches the server, and its echo the tab. */
function oneEach(each: SimulatedTab): void {
  each.deliverUp();
  each.deliverDown(9);
}

const put = (text: string) => tab!.type(changesBetween(tab!.text, text));
const insert = (each: SimulatedTab, at: number, text: string) => each.type([{ from: at, to: at, insert: text }]);

function expectAll(text: string): void {
  settle();
  expect(server.text.read()).toBe(text);
  for (const each of [tab!, other!]) {
    expect(each.text, each.name).toBe(text);
    expect(each.sync.unsaved).toBe(0);
    expect(each.sync.refusal).toBeNull();
    expect(each.contradictions).toBe(0);
  }
}

const QUOTES = '"'.repeat(1000);
const CONTROLS = Array.from({ length: 900 }, (_, i) => String.fromCharCode(i % 13)).join("");
const ASTRAL = "😀".repeat(250);

test.each([["quotes", QUOTES], ["control characters", CONTROLS], ["astral characters", ASTRAL]])("%s up to the document limit", (_, text) => {
  put(text);
  expect(tab!.sync.unsaved).toBe(1);
  expectAll(text);
  expect(server.revision).toBeGreaterThan(5);
});

test("what stands everywhere is replaced, and taken back", () => {
  const text = "a,".repeat(500);
  put(text);
  settle();
  const replaced = text.replaceAll(",", ";");
  const everywhere = (by: string) =>
    tab!.type(Array.from({ length: 500 }, (_, i) => ({ from: 2 * i + 1, to: 2 * i + 2, insert: by })));
  everywhere(";");
  expectAll(replaced);
  everywhere(",");
  expectAll(text);
});

test("a text at the limit is replaced by another: it is never larger on the way", () => {
  put("a".repeat(1000));
  settle();
  tab!.type([{ from: 0, to: 1000, insert: "b".repeat(1000) }]);
  expectAll("b".repeat(1000));
  // the end goes, and something else comes to the start
  tab!.type([{ from: 0, to: 0, insert: QUOTES.slice(0, 600) }, { from: 400, to: 1000, insert: "" }]);
  expectAll(QUOTES.slice(0, 600) + "b".repeat(400));
});

test("what is typed meanwhile, here and elsewhere, is there once", () => {
  put("0\n".repeat(100));
  settle();
  insert(tab!, 100, "x".repeat(500));
  for (let step = 0; step < 6; step++) {
    insert(tab!, 0, "m");
    insert(other!, other!.text.length, "o");
    for (const each of [tab!, other!]) oneEach(each);
  }
  expectAll("m".repeat(6) + "0\n".repeat(50) + "x".repeat(500) + "0\n".repeat(50) + "o".repeat(6));
});

test.each([0, 1, 2, 3, 4, 5])("after %i parts the connection is lost, or the browser dies, and it is there once", (parts) => {
  for (const arrived of [0, 1]) {
    for (const dies of [false, true]) {
      tab!.type([{ from: 0, to: tab!.text.length, insert: "" }]);
      settle();
      insert(tab!, 0, QUOTES);
      for (let i = 0; i < parts; i++) oneEach(tab!);
      tab!.write();
      if (dies) tab!.crash(arrived);
      else tab!.disconnect(arrived);
      insert(tab!, tab!.text.length, "behind");
      tab!.type([{ from: 0, to: 6, insert: "" }]);
      tab!.connect();
      expectAll(`${QUOTES.slice(6)}behind`);
    }
  }
});

describe("one that is larger than the document may be", () => {
  const TOO_LARGE = { code: "document_too_large", message: "", limit: 1000 };

  test("is refused before anything is sent", () => {
    put(`${QUOTES}"`);
    settle();
    expect(tab!.sync.refusal).toEqual(TOO_LARGE);
    expect(tab!.sync.unsaved).toBe(1);
    expect(server.revision).toBe(0);
    tab!.sync.undoRefused();
    tab!.syncEditor();
    expectAll("");
  });

  test("goes by itself when it is shortened", () => {
    put(`${QUOTES}""`);
    tab!.type([{ from: 0, to: 2, insert: "" }]);
    expectAll(QUOTES);
  });

  test("is refused half way when others were quicker, and undone with all that is left of it", () => {
    put(QUOTES);
    oneEach(tab!);
    insert(other!, 0, "12345");
    settle();
    expect(tab!.sync.refusal).toEqual(TOO_LARGE);
    insert(tab!, 0, "typed later, ");
    tab!.sync.undoRefused();
    tab!.syncEditor();
    expect(tab!.text).toMatch(/^typed later, "*12345$|^typed later, 12345"*$/);
    expectAll(tab!.text);
  });
});

test("a part that is refused for a reason that passes is sent again with the rest", () => {
  const busy: Refusal = { code: "rate_limited", message: "", limit: null };
  insert(tab!, 0, QUOTES);
  oneEach(tab!);
  tab!.loseUp();
  tab!.sync.rejected(busy);
  insert(tab!, 0, "x");
  expect(tab!.sync.refusal).toEqual(busy);
  expect(tab!.sync.unsaved).toBe(2);
  tab!.type([{ from: 0, to: 1, insert: "" }]);
  tab!.sync.retry();
  tab!.syncEditor();
  expectAll(QUOTES);
});

test("no carets are told while positions here mean nothing to the server", () => {
  insert(tab!, 0, QUOTES);
  oneEach(tab!);
  expect(tab!.sync.canSendCarets).toBe(false);
  settle();
  expect(tab!.sync.canSendCarets).toBe(true);
});

test("changes are unsaved until the last part is there, also when others delete what is left to do", () => {
  insert(tab!, 0, "a".repeat(600));
  settle();
  tab!.type(Array.from({ length: 300 }, (_, i) => ({ from: 2 * i, to: 2 * i + 1, insert: "" })));
  other!.type([{ from: 0, to: 600, insert: "" }]);
  other!.deliverUp();
  tab!.deliverDown(9);
  expect(tab!.sync.unsaved).toBe(1);
  expectAll("");
});
