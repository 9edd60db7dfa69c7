/** Who did what in the last ten minutes is known by whoever owns the pad, and can be taken back. */

import { signal } from "@preact/signals";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { initKernel } from "../kernel";
import type { Session } from "../session";
import { kernelBytes } from "../testing/kernel_bytes";
import { Deeds } from "./deeds";

const [ME, BOB, CAROL] = [1, 2, 3];
let nowMs: number;
let deeds: Deeds;
const names = new Map([[ME, "Me"], [BOB, "Bob"], [CAROL, "Carol"]]);

function begin(text: string | null, bounds?: { deeds: number; size: number }): void {
  const session = { kept: { watch: () => text }, people: { nameOf: (id: number) => names.get(id) ?? null }, userId: signal(ME) };
  deeds = new Deeds(session as unknown as Session, () => nowMs, bounds);
}

const MINUTE_MS = 60_000;

beforeAll(() => initKernel(kernelBytes()));

beforeEach(() => {
  nowMs = 1_000_000_000;
  begin("text");
});

test("one's own is not offered; what Bob did goes, and what the others did stays", () => {
  deeds.entry({ id: ME, operation: [4, "!"] });
  deeds.entry({ id: BOB, operation: [-5] });
  deeds.entry({ id: CAROL, operation: ["new"] });
  expect(deeds.doers()).toEqual([{ id: BOB, name: "Bob" }, { id: CAROL, name: "Carol" }]);
  expect(deeds.without(BOB, "new")).toBe("newtext!");
  expect(deeds.without(CAROL, "new")).toBe("");
});

test("what is older than ten minutes is not taken back", () => {
  deeds.entry({ id: BOB, operation: [4, " of Bob"] });
  nowMs += 9 * MINUTE_MS;
  deeds.entry({ id: BOB, operation: [11, " again"] });
  nowMs += 2 * MINUTE_MS;
  expect(deeds.sinceMs).toBe(nowMs - 10 * MINUTE_MS);
  expect(deeds.without(BOB, "text of Bob again")).toBe("text of Bob");
  nowMs += 10 * MINUTE_MS;
  expect(deeds.doers()).toEqual([]);
});

test("a text that is not what was noted is left alone", () => {
  deeds.entry({ id: BOB, operation: [4, "x"] });
  expect(deeds.without(BOB, "another text")).toBeNull();
  begin(null);
  deeds.entry({ id: BOB, operation: [4, "x"] });
  expect(deeds.without(BOB, "textx")).toBeNull();
});

test("a whole text from the server begins it anew: nobody knows who did what before", () => {
  deeds.entry({ id: BOB, operation: [4, "x"] });
  nowMs += MINUTE_MS;
  deeds.snapshot("other");
  expect([deeds.doers(), deeds.sinceMs]).toEqual([[], nowMs]);
  deeds.entry({ id: BOB, operation: [-5] });
  expect(deeds.without(BOB, "")).toBe("other");
});

test("of very much the newest half is kept, and it says since when", () => {
  begin("", { deeds: 10, size: 1_000 });
  for (let i = 0; i < 11; i++) {
    nowMs += 1_000;
    deeds.entry({ id: BOB, operation: i === 0 ? ["x"] : [i, "x"] });
  }
  expect(deeds.without(BOB, "x".repeat(11))).toBe("x".repeat(6));
  expect(deeds.sinceMs).toBe(nowMs - 5_000);
  begin("", { deeds: 10, size: 1_000 });
  deeds.entry({ id: BOB, operation: ["x".repeat(2_000)] });
  expect(deeds.doers()).toEqual([]);
});
