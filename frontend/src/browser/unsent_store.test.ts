// @vitest-environment happy-dom
/** Unsent changes go to one visit, and only when their tab is gone. */

import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Tabs } from "./tabs";
import { type UnsentRecord, UnsentStore } from "./unsent_store";

const NOW = 1_000_000_000;
const kept = { epoch: "e", revision: 1, serverText: "", inflight: null, buffer: null };
const record = (token: string, more: Partial<UnsentRecord> = {}): UnsentRecord => ({
  token, padId: "pad", isLeft: false, claimedAtMs: 0, savedAtMs: 5, changes: 1, kept, ...more,
});

interface TestPage {
  tabs: Tabs;
  store: UnsentStore;
}

const pages: TestPage[] = [];

/** A page of the same browser. */
function page(): TestPage {
  const tabs = new Tabs();
  const made = { tabs, store: new UnsentStore({ tabs }) };
  pages.push(made);
  return made;
}

let visit: TestPage;

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("navigator", {});
  visit = page();
});

afterEach(() => {
  for (const { tabs } of pages.splice(0)) tabs.close();
  vi.unstubAllGlobals();
});

test("of a tab that is gone are claimed once, oldest first", async () => {
  await visit.store.put(record("b", { savedAtMs: 9, isLeft: true }), true);
  await visit.store.put(record("a", { savedAtMs: 5, isLeft: true }), true);
  await visit.store.put(record("c", { padId: "other", isLeft: true }), true);
  expect((await visit.store.claim("pad", NOW))?.token).toBe("a");
  expect((await visit.store.claim("pad", NOW))?.token).toBe("b");
  expect(await visit.store.claim("pad", NOW)).toBeNull();
});

test("of two visits at the same moment one gets them", async () => {
  await visit.store.put(record("a", { isLeft: true }), true);
  const other = page();
  const both = await Promise.all([visit, other].map(({ store }) => store.claim("pad", NOW)));
  expect(both.filter((claimed) => claimed !== null)).toHaveLength(1);
});

test("regression: a page whose record another one claimed, sent or threw away leaves it alone", async () => {
  const frozen = page();
  await frozen.store.put(record("f", { isLeft: true }), true);
  expect(await frozen.store.isOurs("f")).toBe(true);
  await visit.store.claim("pad", NOW);
  expect(await frozen.store.isOurs("f")).toBe(false);
  expect(await frozen.store.put(record("f", { changes: 9 }), false)).toBe(false);
  await frozen.store.remove("f");
  expect(await visit.store.all()).toMatchObject([{ token: "f", changes: 1 }]);

  await visit.store.remove("f");
  expect(await frozen.store.put(record("f"), false)).toBe(false);
  expect(await visit.store.all()).toEqual([]);
});

test("claimed under a clock that was ahead are offered again when it has been put right", async () => {
  const threeYears = 3 * 365 * 86_400_000;
  await visit.store.put(record("ahead", { claimedAtMs: NOW + threeYears }), true);
  expect((await visit.store.claim("pad", NOW))?.token).toBe("ahead");
});

describe("by answers, where there are no locks", () => {
  test("regression: of a tab that crashed are offered at once, not after a minute and a half", async () => {
    await visit.store.put(record("crashed"), true);
    const asked = performance.now();
    expect((await visit.store.claim("pad", NOW))?.token).toBe("crashed");
    expect(performance.now() - asked).toBeLessThan(3_000);
  });

  test("regression: of a living tab are left alone, and nobody waits for it", async () => {
    const living = page();
    living.tabs.hold("a");
    await visit.store.put(record("a"), true);
    const asked = performance.now();
    expect(await visit.store.claim("pad", NOW)).toBeNull();
    expect(performance.now() - asked).toBeLessThan(500);
  });

  test("a tab that did not answer, since it was frozen, is told whose they are now", async () => {
    const frozen = page();
    const onClaimed = vi.fn();
    frozen.tabs.hold("a", onClaimed);
    await visit.store.put(record("a", { isLeft: true }), true); // as if it had not answered
    expect((await visit.store.claim("pad", NOW))?.token).toBe("a");
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
    await visit.store.put(record("a", { isLeft: true }), true);
    expect(await visit.store.claim("pad", NOW)).toBeNull();
    await visit.store.put(record("b"), true);
    expect((await visit.store.claim("pad", NOW))?.token).toBe("b");
  });

  test("regression: of a page that a reload has not ended yet are waited for", async () => {
    let held = [{ name: "kolabpad.tab.a" }];
    const query = () => Promise.resolve({ held });
    const request = vi.fn(() => Promise.resolve(void (held = []))); // its turn comes when the page has gone
    vi.stubGlobal("navigator", { locks: { query, request } });
    await visit.store.put(record("a"), true);
    await visit.store.put(record("b", { padId: "other" }), true);
    expect((await visit.store.claim("pad", NOW))?.token).toBe("a");
    expect(request).toHaveBeenCalledWith("kolabpad.tab.a", { mode: "shared", signal: expect.anything() }, expect.any(Function));
  });

  test("regression: a tab asks for its lock once, also when it goes on as another", async () => {
    const request = vi.fn(() => Promise.resolve());
    vi.stubGlobal("navigator", { locks: { query: () => Promise.resolve({ held: [] }), request } });
    await visit.store.put(record("a"), true);
    await visit.store.claim("pad", NOW);
    visit.tabs.hold("a", () => {});
    expect(request).toHaveBeenCalledOnce();
  });
});
