// @vitest-environment happy-dom
import { beforeAll, beforeEach, afterEach, describe, expect, test, vi } from "vitest";
import { initKernel } from "../kernel";
import { FakeSocket } from "../testing/fake_socket";
import { kernelBytes } from "../testing/kernel_bytes";
import { applied } from "../testing/simulated_tab";
import { type EditorPort, Session, withBack } from ".";

const [ME, BOB] = [4, 1];
const WELCOME = {
  user_id: ME, epoch: "e", revision: 0, resumed: false, committed: 0, access: "edit", language: null, otp: null,
  limits: { document_bytes: 9000, message_bytes: 9000 }, created_at: 0, expires_at: null, server: "s",
};
const LINES = Array.from({ length: 40 }, (_, n) => `line number ${n}\n`);
const TEXT = LINES.join("");

let session: Session;
let text: string;
let revision: number;

const hear = (message: unknown) => FakeSocket.last.says(JSON.stringify(message));
const frame = () => vi.advanceTimersByTime(100);
const bob = (...operation: (number | string)[]) => {
  hear({ History: { start: revision++, operations: [{ id: BOB, operation }] } });
  frame();
};
const removal = () => session.removals.removal.value;

beforeAll(() => initKernel(kernelBytes()));

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  localStorage.clear();
  [text, revision] = ["", 0];
  session = new Session("pad", null, "https://host/");
  session.setIdentity("Me", 200);
  const editor: EditorPort = {
    applyRemote: (changes) => (text = applied(text, changes)),
    shown: () => text,
    carets: () => ({ cursors: [0], selections: [] }),
    composing: () => null,
    endComposition: () => {},
  };
  session.start(editor);
  FakeSocket.last.opens();
  hear({ Welcome: WELCOME });
  hear({ Snapshot: { revision: 0, text: TEXT } });
  hear({ Users: [{ id: BOB, name: "Bob", hue: 20, cursors: [], selections: [] }] });
  frame();
});

afterEach(() => {
  session.free();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("most of the text, removed by somebody else, is kept with the name", () => {
  test("all of it", () => {
    bob(-TEXT.length);
    expect(removal()).toEqual({ by: "Bob", points: TEXT.length, text: TEXT });
    session.removals.drop();
    expect(removal()).toBeNull();
  });

  test("something else in its place", () => {
    bob(-TEXT.length, "x");
    expect(removal()).toMatchObject({ by: "Bob", text: TEXT });
  });

  test("in pieces, none of which is most of it", () => {
    let rest = TEXT.length;
    for (const line of LINES.slice(0, 30)) bob(-line.length, (rest -= line.length));
    expect(removal()).toMatchObject({ by: "Bob", text: TEXT });
    bob(-rest);
    expect(removal()).toEqual({ by: "Bob", points: TEXT.length, text: TEXT });
  });

  test("with what I had typed and not sent", () => {
    text = `mine ${text}`;
    session.edit([{ from: 0, to: 0, insert: "mine " }]);
    bob(-TEXT.length);
    expect(text).toBe("mine ");
    expect(removal()).toMatchObject({ points: TEXT.length, text: `mine ${TEXT}` });
  });

  test("by one who left at once", () => {
    hear({ History: { start: 0, operations: [{ id: BOB, operation: [-TEXT.length] }] } });
    hear({ UserInfo: { id: BOB, info: null } });
    frame();
    expect(removal()).toMatchObject({ by: "Bob" });
  });

  test("without a name where only the text came", () => {
    FakeSocket.last.ends(1006);
    vi.advanceTimersByTime(60_000);
    FakeSocket.last.opens();
    hear({ Welcome: { ...WELCOME, epoch: "f", revision: 900 } });
    hear({ Snapshot: { revision: 900, text: "" } });
    frame();
    expect(removal()).toEqual({ by: null, points: TEXT.length, text: TEXT });
  });
});

describe("nothing is said", () => {
  test("of less than half, of a short text, and of slow work", () => {
    bob(-280, TEXT.length - 280);
    expect(removal()).toBeNull();
    vi.advanceTimersByTime(20_000);
    bob(-150, 160);
    expect(text).toHaveLength(160);
    bob(-160);
    expect(removal()).toMatchObject({ points: 310 });
    session.removals.drop();
    bob("x".repeat(200));
    vi.advanceTimersByTime(20_000);
    bob(-200);
    expect(removal()).toBeNull();
  });

  test("of a text that is written anew as it was", () => {
    bob(-TEXT.length, `${TEXT}and a line\n`);
    expect(text).toBe(`${TEXT}and a line\n`);
    expect(removal()).toBeNull();
  });

  test("of what I removed myself, or took back", () => {
    text = "";
    session.edit([{ from: 0, to: TEXT.length, insert: "" }]);
    hear({ History: { start: revision++, operations: [{ id: ME, operation: [-TEXT.length] }] } });
    frame();
    session.edit([{ from: 0, to: 0, insert: TEXT }]);
    text = TEXT;
    hear({ Rejected: { code: "bad_text", message: "", limit: null, revision: 1 } });
    session.undoRefused();
    expect([text, removal()]).toEqual(["", null]);
  });
});

test("it is over when the text is back, whoever brought it", () => {
  bob(-TEXT.length);
  bob("a word");
  expect(removal()).not.toBeNull();
  bob(TEXT, 6);
  expect(removal()).toBeNull();
});

test("what is put back stands where it was, and what was written since stays", () => {
  expect(withBack(TEXT, "")).toBe(TEXT);
  expect(withBack(TEXT, TEXT)).toBe(TEXT);
  expect(withBack(TEXT, "new")).toBe(`${TEXT}new`);
  expect(withBack("a\nb\nc\n", "a\nx\nc\n")).toBe("a\nb\nx\nc\n");
  expect(withBack("a\nb\nc\n", "b\n")).toBe("a\nb\nc\n");
  expect(withBack("one", "two")).toBe("one\ntwo");
});
