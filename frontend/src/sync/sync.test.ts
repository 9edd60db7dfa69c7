import { describe, expect, test } from "vitest";
import { ME, OTHER, hear, opened, show, snapshot, sync, tellSyncStories, text, type, welcome } from "../testing/sync_story";
import type { Entry } from "./types";

tellSyncStories();

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
