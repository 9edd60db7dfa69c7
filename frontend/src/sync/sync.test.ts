import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { initKernel } from "../kernel";
import { kernelBytes } from "../testing/kernel_bytes";
import { applied } from "../testing/simulated_tab";
import { Sync } from "./sync";
import type { Entry } from "./types";

const ME = 3;
const OTHER = 8;
const SYSTEM_USER = 2 ** 64;

let sync: Sync;
/** The editor. */
let text: string;

beforeAll(() => initKernel(kernelBytes()));

beforeEach(() => {
  sync = new Sync();
  text = "";
});

afterEach(() => {
  expect(sync.localText(), "the copy is what the editor shows").toBe(text);
  sync.free();
});

/* ---- a small language for stories ---- */

function welcome(resumed: boolean, committed = 0): void {
  sync.welcome({ userId: ME, epoch: "e", resumed, committed });
}

function snapshot(revision: number, serverText: string): void {
  sync.snapshot(revision, serverText);
  show();
}

function opened(serverText: string): void {
  welcome(false);
  snapshot(10, serverText);
}

function hear(start: number, ...entries: [number, (number | string)[]][]): void {
  sync.history(
    start,
    entries.map(([id, operation]) => ({ id, operation })),
  );
  show();
}

function show(): void {
  text = applied(text, sync.takeChanges());
}

function type(from: number, to: number, insert: string): void {
  sync.edit([{ from, to, insert }]);
  text = applied(text, [{ from, to, insert }]);
}

describe("a quiet life", () => {
  test("nothing is sent before there is a server text", () => {
    type(0, 0, "early");
    expect(sync.isLoaded).toBe(false);
    expect(sync.takeEdit()).toBeNull();
    welcome(false);
    expect(sync.takeEdit()).toBeNull();
    snapshot(0, "");
    expect(sync.isLoaded).toBe(true);
    expect(sync.takeEdit()).toEqual({ revision: 0, operation: ["early"] });
  });

  test("one edit is in flight, what follows waits for its echo", () => {
    opened("ab");
    type(2, 2, "c");
    expect(sync.takeEdit()).toEqual({ revision: 10, operation: [2, "c"] });
    type(3, 3, "d");
    type(4, 4, "e");
    expect(sync.unsaved).toBe(3);
    expect(sync.takeEdit()).toBeNull();
    hear(10, [ME, [2, "c"]]);
    expect(sync.unsaved).toBe(2);
    expect(sync.takeEdit()).toEqual({ revision: 11, operation: [3, "de"] });
    hear(11, [ME, [3, "de"]]);
    expect(sync.unsaved).toBe(0);
    expect(sync.serverText()).toBe("abcde");
  });

  test("edits of others move mine, in code points", () => {
    opened("😀b");
    type(3, 3, "!");
    sync.takeEdit();
    type(2, 2, "-");
    hear(10, [OTHER, ["😀", 2]]);
    expect(text).toBe("😀😀-b!");
    hear(11, [ME, [3, "!"]]);
    expect(sync.takeEdit()).toEqual({ revision: 12, operation: [2, "-", 2] });
  });

  test("what is typed and taken back before it was sent is not sent", () => {
    opened("ab");
    type(1, 1, "x");
    sync.takeEdit();
    type(3, 3, "y");
    type(3, 4, "");
    expect(sync.unsaved).toBe(1);
    hear(10, [ME, [1, "x", 1]]);
    expect(sync.takeEdit()).toBeNull();
  });

  test("history that was seen already is skipped", () => {
    opened("a");
    hear(10, [OTHER, [1, "b"]]);
    hear(10, [OTHER, [1, "b"]], [OTHER, [2, "c"]]);
    expect(text).toBe("abc");
    expect(sync.isOutOfStep).toBe(false);
  });
});

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
    sync.free();
    [sync, text] = [new Sync(), ""];
    sync.resume(saved);
    show();
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

describe("after a lost connection", () => {
  beforeEach(() => {
    opened("hello");
    type(5, 5, "!");
    sync.takeEdit();
    sync.disconnected();
    type(6, 6, "?");
  });

  test("an edit that had arrived is not sent again", () => {
    expect(sync.position).toEqual({ epoch: "e", revision: 10 });
    welcome(true, 12);
    hear(10, [OTHER, ["> ", 5]], [ME, [7, "!"]]);
    expect(text).toBe("> hello!?");
    expect(sync.takeEdit()).toEqual({ revision: 12, operation: [8, "?"] });
  });

  test("its echo is known by its revision, though ids were given anew", () => {
    welcome(true, 12);
    hear(10, [ME, ["> ", 5]], [OTHER, [7, "!"]]);
    expect(text).toBe("> hello!?");
    expect(sync.unsaved).toBe(1);
  });

  test("its echo may come after the first answer", () => {
    welcome(true, 11);
    hear(10);
    expect(sync.takeEdit()).toBeNull();
    hear(10, [ME, [5, "!"]]);
    expect(sync.takeEdit()).toEqual({ revision: 11, operation: [6, "?"] });
  });

  test("an edit that had not arrived is sent, once the missed history is here", () => {
    welcome(true, 10);
    expect(sync.takeEdit()).toBeNull();
    hear(10, [ME, ["> ", 5]]);
    expect(text).toBe("> hello!?");
    expect(sync.takeEdit()).toEqual({ revision: 11, operation: [7, "!?"] });
  });

  test("a snapshot that holds the edit keeps the rest in its place", () => {
    welcome(false, 11);
    snapshot(40, "Oh, hello!~");
    expect(text).toBe("Oh, hello!?~");
    expect(sync.takeEdit()).toEqual({ revision: 40, operation: [10, "?", 1] });
  });

  test("a snapshot without the edit gets it again", () => {
    welcome(false, 0);
    snapshot(40, "Oh, hello");
    expect(text).toBe("Oh, hello!?");
    expect(sync.takeEdit()).toEqual({ revision: 40, operation: [9, "!?"] });
  });

  test("a line that is cut between Welcome and Snapshot does not pair a new epoch with an old revision", () => {
    sync.welcome({ userId: ME, epoch: "f", resumed: false, committed: 0 });
    sync.disconnected();
    expect(sync.position).toEqual({ epoch: null, revision: 0 });
    sync.welcome({ userId: ME, epoch: "f", resumed: false, committed: 0 });
    snapshot(3, "hello");
    expect(sync.position).toEqual({ epoch: "f", revision: 3 });
    expect(text).toBe("hello!?");
  });

  test("a snapshot is asked for after the epoch is dropped, and drops nothing", () => {
    sync.dropEpoch();
    expect(sync.position).toEqual({ epoch: null, revision: 0 });
    welcome(false, 0);
    snapshot(3, "hello");
    expect(text).toBe("hello!?");
  });
});

describe("a snapshot of a server that went back", () => {
  beforeEach(() => {
    opened("ab");
    type(2, 2, "c");
    sync.takeEdit();
    hear(10, [ME, [2, "c"]]);
    sync.disconnected();
  });

  test("is recognised by its revision", () => {
    welcome(false, 11);
    expect(sync.isSetBack(9, "a")).toBe(true);
    expect(sync.isSetBack(12, "abc!")).toBe(false);
  });

  test("regression: and by what it has not of ours, when others have typed on there", () => {
    welcome(false, 4);
    expect(sync.isSetBack(40, "a and more")).toBe(true);
    expect(sync.isSetBack(40, "abc")).toBe(false);
  });
});

describe("contradictions put the copy out of step, unchanged", () => {
  test.each([
    ["a gap", 12, [OTHER, [2, "c"]]],
    ["a wrong length", 10, [OTHER, [7, "c"]]],
    ["an echo of something else", 10, [ME, [2, "z"]]],
    ["text that is not clean", 10, [OTHER, [2, "\r"]]],
  ] as [string, number, [number, (number | string)[]]][])("%s", (_, start, entry) => {
    opened("ab");
    type(2, 2, "x");
    sync.takeEdit();
    hear(start, entry);
    expect(sync.isOutOfStep).toBe(true);
    expect(text).toBe("abx");
    expect(sync.revision).toBe(10);
    expect(sync.takeEdit()).toBeNull();
  });
});

test("a snapshot that is no text of a document puts it out of step too", () => {
  opened("ab");
  type(2, 2, "x");
  sync.disconnected();
  welcome(false);
  snapshot(11, "a\rb");
  expect(sync.isOutOfStep).toBe(true);
  expect(text).toBe("abx");
});

test("regression: a refused edit is sent by itself when others have made room for it", () => {
  opened("abc");
  type(3, 3, " far too long");
  sync.takeEdit();
  sync.rejected({ code: "document_too_large", message: "", limit: 15 });
  expect(sync.takeEdit()).toBeNull();
  hear(10, [OTHER, [-3]]);
  expect(sync.takeEdit()).toEqual({ revision: 11, operation: [" far too long"] });
  expect(sync.refusal).toBeNull();
});

describe("a refused edit", () => {
  const TOO_LARGE = { code: "document_too_large", message: "too large", limit: 8 };

  beforeEach(() => {
    opened("abc");
    type(3, 3, " far too long");
    sync.takeEdit();
    type(0, 0, ">");
  });

  test("is kept, and nothing is sent behind it", () => {
    sync.rejected(TOO_LARGE);
    expect(sync.refusal).toEqual(TOO_LARGE);
    expect(sync.unsaved).toBe(2);
    expect(sync.takeEdit()).toBeNull();
    hear(10, [OTHER, ["X", 3]]);
    expect(text).toBe(">Xabc far too long");
  });

  test("is sent when the text has been shortened", () => {
    sync.rejected(TOO_LARGE);
    type(4, 17, "");
    expect(sync.takeEdit()).toEqual({ revision: 10, operation: [">", 3] });
    expect(sync.refusal).toBeNull();
  });

  test("is not sent again as it stands, whatever the server's reason", () => {
    sync.rejected({ ...TOO_LARGE, limit: 100 }); // with what was typed after it, it may fit
    expect(sync.takeEdit()).not.toBeNull();
    sync.rejected({ ...TOO_LARGE, limit: 100 });
    expect(sync.takeEdit()).toBeNull();
    expect(sync.refusal).not.toBeNull();
  });

  test("is undone without what was typed after it", () => {
    sync.rejected(TOO_LARGE);
    hear(10, [OTHER, [3, "d"]]);
    sync.undoRefused();
    show();
    expect(text).toBe(">abcd");
    expect(sync.takeEdit()).toEqual({ revision: 11, operation: [">", 4] });
  });

  test("that is undone by hand is over, whatever the reason was", () => {
    sync.rejected({ code: "forbidden", message: "", limit: null });
    type(4, 17, "");
    type(0, 1, "");
    expect(sync.takeEdit()).toBeNull();
    expect(sync.refusal).toBeNull();
    expect(sync.unsaved).toBe(0);
  });

  describe("that is tried again on request", () => {
    const BUSY = { code: "storage_unavailable", message: "", limit: null };

    beforeEach(() => {
      sync.rejected(BUSY);
      sync.retry();
      expect(sync.takeEdit()).toEqual({ revision: 10, operation: [">", 3, " far too long"] });
    });

    test("regression: counts as refused until the server has it", () => {
      expect(sync.refusal).toEqual(BUSY);
      hear(10, [ME, [">", 3, " far too long"]]);
      expect(sync.refusal).toBeNull();
    });

    test("may be refused for another reason", () => {
      sync.rejected(TOO_LARGE);
      expect(sync.refusal).toEqual(TOO_LARGE);
    });

    test("and is undone by hand before it is sent is over", () => {
      sync.rejected(BUSY);
      type(4, 17, "");
      type(0, 1, "");
      sync.retry();
      expect(sync.takeEdit()).toBeNull();
      expect(sync.refusal).toBeNull();
    });
  });

  test("regression: a connection that ended over it may have delivered it all the same", () => {
    sync.rejected({ code: "bad_message", message: "", limit: null });
    sync.disconnected();
    welcome(true, 11);
    hear(10, [ME, [3, " far too long"]]);
    expect(sync.refusal).toBeNull();
    expect(sync.takeEdit()).toEqual({ revision: 11, operation: [">", 16] });
  });

  test("outlives a reconnect", () => {
    sync.rejected(TOO_LARGE);
    sync.disconnected();
    welcome(true, 0);
    hear(10);
    expect(sync.takeEdit()).toBeNull();
    expect(sync.unsaved).toBe(2);
  });
});

describe("another visit", () => {
  test("goes on with what was unsent, as the same tab", () => {
    opened("hello 😀");
    type(5, 5, "!");
    sync.takeEdit();
    type(9, 9, "?");
    const kept = JSON.parse(JSON.stringify(sync.keep()));
    sync.free();
    sync = new Sync();
    text = "";
    sync.resume(kept);
    show();
    expect(text).toBe("hello! 😀?");
    expect(sync.unsaved).toBe(2);
    expect(sync.position).toEqual({ epoch: "e", revision: 10 });
    welcome(true, 11);
    hear(10, [ME, [5, "!", 2]]);
    expect(sync.takeEdit()).toEqual({ revision: 11, operation: [8, "?"] });
  });

  describe("goes on as after a lost connection", () => {
    /** The tab dies; the next one gets what was written down at `kept`. */
    function revive(kept = sync.keep()): void {
      const record = JSON.parse(JSON.stringify(kept));
      sync.free();
      sync = new Sync();
      text = "";
      sync.resume(record);
      show();
    }

    beforeEach(() => {
      opened("ab");
      type(2, 2, "1");
      sync.takeEdit();
      type(3, 3, "2");
      revive();
    });

    test("the edit in flight had landed", () => {
      welcome(true, 11);
      hear(10, [ME, [2, "1"]], [OTHER, ["-", 3]]);
      expect(text).toBe("-ab12");
      expect(sync.takeEdit()).toEqual({ revision: 12, operation: [4, "2"] });
    });

    test("nothing had landed", () => {
      welcome(true, 7);
      hear(10, [OTHER, ["-", 2]]);
      expect(sync.takeEdit()).toEqual({ revision: 11, operation: [3, "12"] });
    });

    test("regression: what is deleted before the server has answered stays deleted", () => {
      type(2, 3, "");
      welcome(true, 11);
      hear(10, [ME, [2, "1"]]);
      expect(text).toBe("ab2");
      expect(sync.takeEdit()).toEqual({ revision: 11, operation: [2, "2", -1] });
    });

    test("what is typed before the server has answered may be revived again", () => {
      type(0, 0, "new ");
      revive();
      type(4, 4, "er ");
      welcome(true, 11);
      hear(10, [ME, [2, "1"]]);
      expect(text).toBe("new er ab12");
      expect(sync.takeEdit()).toEqual({ revision: 11, operation: ["new er ", 3, "2"] });
    });

    test("with a snapshot that has the edit in flight, the rest is sent", () => {
      welcome(false, 11);
      snapshot(40, "-ab1");
      expect(text).toBe("-ab12");
      expect(sync.takeEdit()).toEqual({ revision: 40, operation: [4, "2"] });
    });

    test("regression: a backup that took back what was saved is noticed, though others have typed on", () => {
      welcome(true, 11);
      hear(10, [ME, [2, "1"]]);
      revive();
      welcome(false, 4);
      expect(sync.isSetBack(40, "a and more")).toBe(true);
      snapshot(40, "a and more");
    });

    test("regression: a record without an epoch still knows what it has seen", () => {
      sync.dropEpoch();
      revive();
      expect(sync.position).toEqual({ epoch: null, revision: 0 });
      welcome(false, 7);
      snapshot(40, "ab");
      expect(text).toBe("ab12");
      expect(sync.takeEdit()).toEqual({ revision: 40, operation: [2, "12"] });
    });
  });

  test("nothing unsent is nothing to keep", () => {
    type(0, 0, "before there was a text");
    expect(sync.keep()).toBeNull();
    welcome(false);
    snapshot(0, "");
    sync.takeEdit();
    hear(0, [ME, ["before there was a text"]]);
    expect(sync.keep()).toBeNull();
  });
});

describe("carets of others", () => {
  test("stand behind my unsent text, and move with what comes after them", () => {
    opened("abc");
    type(0, 0, "😀");
    sync.takeEdit();
    type(2, 2, "__");
    const time = sync.caretTime;
    const caret = sync.localCaret(2);
    expect(caret).toBe(5);
    sync.history(10, [{ id: OTHER, operation: ["yo", 3] }]);
    const rebased = sync.rebaseCaret(caret, time);
    show();
    expect(text.slice(0, sync.u16Of(rebased))).toBe(text.slice(0, -1));
  });
});

test("a witness is told each operation once, our own too, and a whole text where one came", () => {
  const told: unknown[] = [];
  opened("ab");
  const witness = { entry: ({ id, operation }: Entry) => told.push([id, operation]), snapshot: (whole: string) => told.push([sync.revision, whole]) };
  sync.witnesses.add(witness);
  type(2, 2, "c");
  sync.takeEdit();
  hear(10, [OTHER, ["x", 2]], [ME, [3, "c"]]);
  sync.disconnected();
  welcome(true, 12);
  hear(11, [ME, [3, "c"]], [OTHER, [4, "y"]]); // the first one was heard before
  sync.disconnected();
  welcome(false);
  snapshot(20, "another text");
  const all = [[OTHER, ["x", 2]], [ME, [3, "c"]], [OTHER, [4, "y"]], [20, "another text"]];
  expect(told).toEqual(all);
  sync.witnesses.delete(witness);
  hear(20, [OTHER, [12, "!"]]);
  expect(told).toEqual(all);
});
