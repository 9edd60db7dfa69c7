import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { initKernel } from "../kernel";
import { kernelBytes } from "../testing/kernel_bytes";
import { applied } from "../testing/simulated_tab";
import { Sync } from "./sync";
import type { Span } from "./unshown";

const ME = 3;
const OTHER = 8;

let sync: Sync;
/** The editor. */
let text: string;
/** The line in which text is composed. */
let line: Span | null;

beforeAll(() => initKernel(kernelBytes()));

beforeEach(() => {
  [sync, text, line] = [new Sync(), "", null];
});

function opened(serverText: string): void {
  sync.welcome({ userId: ME, epoch: "e", resumed: false, committed: 0, order: "author" });
  sync.snapshot(0, serverText);
  show();
}

function show(): void {
  text = applied(text, sync.takeChanges(line));
}

function hear(id: number, ...operation: (number | string)[]): void {
  sync.history(sync.revision, [{ id, operation }]);
  expect(sync.isOutOfStep).toBe(false);
  show();
}

/** The input method replaces what it has composed, and CodeMirror finds what is new in that. */
function compose(from: number, before: string, after: string): void {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const change = { from: from + same, to: from + before.length, insert: after.slice(same) };
  sync.edit([change], { composed: { from, to: from + before.length, insert: after } });
  text = applied(text, [change]);
  line = { from: line!.from, to: line!.to + after.length - before.length };
}

/** The text with everything, which the server will have. */
function inTheEnd(): string {
  line = null;
  show();
  return text;
}

describe("a line in which text is composed", () => {
  beforeEach(() => {
    opened("one\ntwo ()\nthree");
    line = { from: 4, to: 10 };
    compose(9, "", "ni");
    sync.takeEdit();
    hear(ME, 9, "ni", 7);
  });

  test("stays as it is while others change it, and the rest of the text does not", () => {
    hear(OTHER, 4, "so ", 14);
    hear(OTHER, "1 ", 21);
    hear(OTHER, 23, "!");
    expect(text).toBe("1 one\ntwo (ni)\nthree!");
    expect(sync.isShownLate).toBe(true);
    line = { from: 6, to: 14 };
    compose(11, "ni", "你");
    expect(inTheEnd()).toBe("1 one\nso two (你)\nthree!");
    expect(sync.isShownLate).toBe(false);
    expect(sync.localText()).toBe(text);
  });

  test("is sent meanwhile, and acknowledged", () => {
    hear(OTHER, 4, "so ", 14);
    compose(9, "ni", "nih");
    expect(sync.takeEdit()).toEqual({ revision: 2, operation: [14, "h", 7] });
    hear(OTHER, 14, "!", 7);
    hear(ME, 14, "h", 8);
    expect(sync.unsaved).toBe(0);
    expect(text).toBe("one\ntwo (nih)\nthree");
    expect(inTheEnd()).toBe("one\nso two (nih!)\nthree");
  });

  test.each([
    ["a line end above it", [3, -1, 14], "onetwo (你好)\nthree"],
    ["a line end within it", [4, "x\n", 14], "one\nx\ntwo (你好)\nthree"],
    ["right before it", [9, "so: ", 9], "one\ntwo (so: 你好)\nthree"],
    ["right behind it", [11, "!", 7], "one\ntwo (你好!)\nthree"],
    ["a part of it", [9, -1, 8], "one\ntwo (你好)\nthree"],
    ["all of it", [8, -4, 6], "one\ntwo 你好\nthree"],
    ["the whole text", [-18], "你好"],
  ])("others change %s, and it stays in one piece", (_, operation, result) => {
    hear(OTHER, ...operation);
    expect(text).toBe("one\ntwo (ni)\nthree");
    compose(9, "ni", "ni h");
    compose(9, "ni h", "你好");
    expect(inTheEnd()).toBe(result);
  });

  test("what another deleted of it is typed again with the rest, and once", () => {
    hear(OTHER, 9, -2, 7);
    compose(9, "ni", "nice");
    expect(inTheEnd()).toBe("one\ntwo (nice)\nthree");
  });

  test("is left alone by the text of a new connection", () => {
    sync.disconnected();
    sync.welcome({ userId: ME, epoch: "e", resumed: false, committed: 1, order: "author" });
    sync.snapshot(9, "ONE\ntwo, now (ni)\nthree");
    show();
    expect(text).toBe("ONE\ntwo (ni)\nthree");
    compose(9, "ni", "你");
    expect(inTheEnd()).toBe("ONE\ntwo, now (你)\nthree");
    expect(sync.takeEdit()).toEqual({ revision: 9, operation: [14, "你", -2, 7] });
  });

  test("has carets where they stand in the text of each", () => {
    hear(OTHER, 4, "so ", 14);
    expect(sync.pointsOf(11), "my own").toBe(14);
    expect(sync.u16Of(14), "another's").toBe(11);
    expect(sync.u16Of(5), "in text that is not shown yet").toBe(4);
    expect(sync.u16Of(20), "in another line").toBe(17);
  });
});
