import { describe, expect, test } from "vitest";
import { ME, hear, nextVisit, show, snapshot, sync, tellSyncStories, text, type } from "../testing/sync_story";
import type { Entry } from "./types";

const SYSTEM_USER = 2 ** 64;

tellSyncStories();

describe("inserts at one place", () => {
  const [SMALLER, LARGER] = [ME - 1, ME + 1];
  const byAuthor = { userId: ME, epoch: "e", resumed: false, committed: 0, order: "author" };

  /** I type "m" and "n", of which the first is in flight, and hear of an "x" or "a" at the same place. */
  function meets(id: number, their: string, order?: string): string {
    type(0, 0, "m");
    sync.takeEdit();
    type(1, 1, "n");
    sync.history(10, [{ id, operation: [their], order }]);
    show();
    return text;
  }

  test.each([
    [SMALLER, "x", undefined, "xmn"],
    [SMALLER, "a", undefined, "amn"],
    [LARGER, "x", undefined, "mnx"],
    [LARGER, "a", undefined, "mna"],
    [LARGER, "a", "text", "amn"],
    [SMALLER, "x", "text", "mnx"],
    [LARGER, "a", "of a later version", "amn"],
    [SYSTEM_USER, "a", "text", "amn"],
  ])("by author, with one of user %d: %s %s", (id, their, order, result) => {
    sync.welcome(byAuthor);
    snapshot(10, "");
    expect(meets(id, their, order)).toBe(result);
  });

  test.each([undefined, null, "text", "of a later version"])("by text, where Welcome says %s", (order) => {
    sync.welcome({ ...byAuthor, order });
    snapshot(10, "");
    expect(meets(SMALLER, "x")).toBe("mnx");
  });

  test("a run is whole, though others write in the middle of it meanwhile", () => {
    sync.welcome(byAuthor);
    snapshot(10, "");
    type(0, 0, "m");
    sync.takeEdit();
    hear(10, [LARGER, ["b"]], [LARGER, [1, "z"]]);
    type(1, 1, "o");
    hear(12, [ME, ["m", 2]], [LARGER, [2, "a", 1]]);
    type(2, 2, "p");
    expect(text).toBe("mopbaz");
  });

  /** "m" was applied as user ME, behind or before what others wrote; I am told as `now`. */
  function resumedAs(now: { userId: number; order?: string }, ...others: Entry[]): void {
    type(0, 0, "m");
    sync.takeEdit();
    sync.disconnected();
    sync.welcome({ ...byAuthor, resumed: true, committed: 11 + others.length, order: undefined, ...now });
    sync.history(10, others);
    show();
  }

  test("an edit that was applied before is ordered as it was sent: by text", () => {
    sync.welcome({ ...byAuthor, order: undefined });
    snapshot(10, "");
    resumedAs({ userId: ME, order: "author" }, { id: LARGER, operation: ["a"] });
    expect(text).toBe("am");
    hear(11, [ME, [1, "m"]]);
    expect([sync.unsaved, sync.isOutOfStep]).toEqual([0, false]);
  });

  test("an edit that was applied before is ordered as it was sent: under the id of that time", () => {
    sync.welcome(byAuthor);
    snapshot(10, "");
    resumedAs({ userId: LARGER + 1, order: "author" }, { id: LARGER, operation: ["a"] });
    expect(text).toBe("ma");
  });

  test("an edit that was applied before is ordered as it was sent, also by the next tab", () => {
    sync.welcome(byAuthor);
    snapshot(10, "");
    type(0, 0, "m");
    sync.takeEdit();
    const saved = structuredClone(sync.keep()!);
    expect(saved.sender).toEqual({ id: ME, order: "author" });
    nextVisit(saved);
    sync.welcome({ ...byAuthor, userId: LARGER + 1, resumed: true, committed: 12 });
    sync.history(10, [{ id: LARGER, operation: ["a"] }]);
    show();
    expect(text).toBe("ma");
  });

  test("an edit that is sent again is written down with who sends it now", () => {
    sync.welcome({ ...byAuthor, order: undefined });
    snapshot(10, "");
    type(0, 0, "m");
    sync.takeEdit();
    expect(sync.keep()?.sender?.order).toBe("text");
    sync.disconnected();
    sync.welcome({ ...byAuthor, resumed: true, committed: 0 });
    sync.history(10, []);
    sync.takeEdit();
    expect(sync.keep()?.sender).toEqual({ id: ME, order: "author" });
  });

  test("what an older page wrote down was sent by text", () => {
    sync.resume({
      epoch: "e", revision: 10, serverText: "", inflight: { operation: ["m"], count: 1 }, buffer: null,
    });
    show();
    sync.welcome({ ...byAuthor, resumed: true, committed: 12 });
    sync.history(10, [{ id: LARGER, operation: ["a"] }]);
    show();
    expect(text).toBe("am");
  });

  test("where the order of what came before an edit is not told, the text is asked for", () => {
    sync.welcome(byAuthor);
    snapshot(10, "");
    resumedAs({ userId: ME }, { id: LARGER, operation: ["a"] });
    expect([text, sync.isOutOfStep]).toEqual(["m", true]);
    sync.disconnected();
    sync.dropEpoch();
    sync.welcome({ ...byAuthor, committed: 12, order: undefined });
    snapshot(12, "ma");
    expect([text, sync.unsaved, sync.isOutOfStep]).toEqual(["ma", 0, false]);
  });

  test("an edit that was not applied is sent as who we are now", () => {
    sync.welcome({ ...byAuthor, order: undefined });
    snapshot(10, "");
    type(0, 0, "m");
    sync.takeEdit();
    sync.disconnected();
    sync.welcome({ ...byAuthor, resumed: true });
    sync.history(10, [{ id: LARGER, operation: ["a"] }]);
    show();
    expect(text).toBe("ma");
    expect(sync.takeEdit()).toEqual({ revision: 11, operation: ["m", 1] });
  });

  test("a snapshot has no author", () => {
    sync.welcome(byAuthor);
    snapshot(10, "");
    type(0, 0, "m");
    sync.disconnected();
    sync.welcome(byAuthor);
    snapshot(12, "a");
    expect(text).toBe("am");
  });
});
