import { beforeEach, describe, expect, test } from "vitest";
import { ME, OTHER, hear, nextVisit, opened, snapshot, sync, tellSyncStories, text, type, welcome } from "../testing/sync_story";

tellSyncStories();

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

describe("another visit", () => {
  test("goes on with what was unsent, as the same tab", () => {
    opened("hello 😀");
    type(5, 5, "!");
    sync.takeEdit();
    type(9, 9, "?");
    nextVisit(JSON.parse(JSON.stringify(sync.keep())));
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
      nextVisit(JSON.parse(JSON.stringify(kept)));
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
