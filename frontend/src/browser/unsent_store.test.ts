// @vitest-environment happy-dom
/** Unsent changes go to one visit, and only when their tab is gone. */

import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

type Store = typeof import("./unsent_store");
type Tabs = typeof import("./tabs");
type UnsentRecord = import("./unsent_store").UnsentRecord;

const NOW = 1_000_000_000;
const kept = { epoch: "e", revision: 1, serverText: "", inflight: null, buffer: null };
const record = (token: string, more: Partial<UnsentRecord> = {}): UnsentRecord => ({
  token, padId: "pad", isLeft: false, claimedAtMs: 0, savedAtMs: 5, changes: 1, kept, ...more,
});

/** A page of the same browser, with modules of its own. */
async function page(): Promise<Store & Tabs> {
  vi.resetModules();
  return { ...(await import("./unsent_store")), ...(await import("./tabs")) };
}

let visit: Store & Tabs;

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("navigator", {});
  visit = await page();
});

afterEach(() => vi.unstubAllGlobals());

test("of a tab that is gone are claimed once, oldest first", async () => {
  await visit.putUnsent(record("b", { savedAtMs: 9, isLeft: true }), true);
  await visit.putUnsent(record("a", { savedAtMs: 5, isLeft: true }), true);
  await visit.putUnsent(record("c", { padId: "other", isLeft: true }), true);
  expect((await visit.claimUnsent("pad", NOW))?.token).toBe("a");
  expect((await visit.claimUnsent("pad", NOW))?.token).toBe("b");
  expect(await visit.claimUnsent("pad", NOW)).toBeNull();
});

test("of two visits at the same moment one gets them", async () => {
  await visit.putUnsent(record("a", { isLeft: true }), true);
  const other = await page();
  const both = await Promise.all([visit, other].map(({ claimUnsent }) => claimUnsent("pad", NOW)));
  expect(both.filter((claimed) => claimed !== null)).toHaveLength(1);
});

test("regression: a page whose record another one claimed, sent or threw away leaves it alone", async () => {
  const frozen = await page();
  await frozen.putUnsent(record("f", { isLeft: true }), true);
  expect(await frozen.isUnsentOurs("f")).toBe(true);
  await visit.claimUnsent("pad", NOW);
  expect(await frozen.isUnsentOurs("f")).toBe(false);
  expect(await frozen.putUnsent(record("f", { changes: 9 }), false)).toBe(false);
  await frozen.removeUnsent("f");
  expect(await visit.allUnsent()).toMatchObject([{ token: "f", changes: 1 }]);

  await visit.removeUnsent("f");
  expect(await frozen.putUnsent(record("f"), false)).toBe(false);
  expect(await visit.allUnsent()).toEqual([]);
});

describe("by answers, where there are no locks", () => {
  test("regression: of a tab that crashed are offered at once, not after a minute and a half", async () => {
    await visit.putUnsent(record("crashed"), true);
    const asked = performance.now();
    expect((await visit.claimUnsent("pad", NOW))?.token).toBe("crashed");
    expect(performance.now() - asked).toBeLessThan(3_000);
  });

  test("regression: of a living tab are left alone, and nobody waits for it", async () => {
    const living = await page();
    living.holdToken("a");
    await visit.putUnsent(record("a"), true);
    const asked = performance.now();
    expect(await visit.claimUnsent("pad", NOW)).toBeNull();
    expect(performance.now() - asked).toBeLessThan(500);
  });

  test("a tab that did not answer, since it was frozen, is told whose they are now", async () => {
    const frozen = await page();
    const onClaimed = vi.fn();
    frozen.holdToken("a", onClaimed);
    await visit.putUnsent(record("a", { isLeft: true }), true); // as if it had not answered
    expect((await visit.claimUnsent("pad", NOW))?.token).toBe("a");
    await vi.waitFor(() => expect(onClaimed).toHaveBeenCalledOnce());
  });
});

describe("by locks", () => {
  const timeout = new DOMException("held all the time", "TimeoutError");
  const neverReleased = (_name: string, how: unknown) =>
    typeof how === "object" ? new Promise((_, reject) => setTimeout(() => reject(timeout), 50)) : Promise.resolve();

  test("of a living tab are left alone, whether it answers or not", async () => {
    const query = () => Promise.resolve({ held: [{ name: "kolabpad.tab.a" }] });
    vi.stubGlobal("navigator", { locks: { query, request: neverReleased } });
    await visit.putUnsent(record("a", { isLeft: true }), true);
    expect(await visit.claimUnsent("pad", NOW)).toBeNull();
    await visit.putUnsent(record("b"), true);
    expect((await visit.claimUnsent("pad", NOW))?.token).toBe("b");
  });

  test("regression: of a page that a reload has not ended yet are waited for", async () => {
    let held = [{ name: "kolabpad.tab.a" }];
    const query = () => Promise.resolve({ held });
    const request = vi.fn(() => Promise.resolve(void (held = []))); // its turn comes when the page has gone
    vi.stubGlobal("navigator", { locks: { query, request } });
    await visit.putUnsent(record("a"), true);
    await visit.putUnsent(record("b", { padId: "other" }), true);
    expect((await visit.claimUnsent("pad", NOW))?.token).toBe("a");
    expect(request).toHaveBeenCalledWith("kolabpad.tab.a", { mode: "shared", signal: expect.anything() }, expect.any(Function));
  });

  test("regression: a tab asks for its lock once, also when it goes on as another", async () => {
    const request = vi.fn(() => Promise.resolve());
    vi.stubGlobal("navigator", { locks: { query: () => Promise.resolve({ held: [] }), request } });
    await visit.putUnsent(record("a"), true);
    await visit.claimUnsent("pad", NOW);
    visit.holdToken("a", () => {});
    expect(request).toHaveBeenCalledOnce();
  });
});
