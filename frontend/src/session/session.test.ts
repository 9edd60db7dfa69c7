// @vitest-environment happy-dom
/** The session with everything but a network and an editor: what the page
 * would show, and what goes over the wire. */

import { effect } from "@preact/signals";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { initKernel } from "../kernel";
import { FakeSocket } from "../testing/fake_socket";
import { kernelBytes } from "../testing/kernel_bytes";
import { applied } from "../testing/simulated_tab";
import { type CursorData, decode } from "../wire";
import { type EditorPort, type Notice, Session } from ".";
import { distinctHue } from "./identity";
import { setLogLevel, storageTrouble } from "../browser";

const ME = 4;
const WELCOME = {
  user_id: ME, epoch: "e", revision: 0, resumed: false, committed: 0, access: "edit", language: null,
  otp: null, limits: { document_bytes: 1000, message_bytes: 200 }, created_at: 0, expires_at: null, server: "s",
};

class FakeEditor implements EditorPort {
  text = "";
  mine: CursorData = { cursors: [0], selections: [] };
  readonly carets = () => this.mine;
  readonly others = new Map<number, CursorData | null>();
  dispatches = 0;
  /** The line in which the user composes text. */
  composed: { from: number; to: number } | null = null;
  readonly composing = () => this.composed;
  readonly endComposition = vi.fn<() => void>(() => (this.composed = null));
  readonly shown = () => this.text;
  applyRemote(changes: Parameters<EditorPort["applyRemote"]>[0], carets: ReadonlyMap<number, CursorData | null>) {
    this.dispatches += 1;
    this.text = applied(this.text, changes);
    for (const [id, caret] of carets) this.others.set(id, caret);
  }
}

let session: Session;
let editor: FakeEditor;
let notices: Notice[];

const sent = (key: string) => FakeSocket.last.sentAs(key);
const hear = (message: unknown) => {
  decode(JSON.stringify(message)); // the test itself must speak the protocol
  FakeSocket.last.says(JSON.stringify(message));
};
const close = (code: number) => FakeSocket.last.ends(code);
const frame = () => vi.advanceTimersByTime(100);
const open = () => FakeSocket.last.opens();
const type = (from: number, to: number, insert: string) => {
  editor.text = applied(editor.text, [{ from, to, insert }]);
  session.edit([{ from, to, insert }]);
};

function join(text: string): void {
  open();
  hear({ Welcome: WELCOME });
  hear({ Snapshot: { revision: 0, text } });
  hear({ Users: [{ id: 1, name: "Bob", hue: 20, cursors: [2], selections: [] }] });
  frame();
}

beforeAll(() => {
  setLogLevel("none"); // these tests are about trouble
  return initKernel(kernelBytes());
});

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  localStorage.clear();
  session = new Session("my pad", "pw", "https://host/base/");
  notices = [];
  session.setIdentity("Me", 200); // far from Bob's colour
  session.onNotice((notice) => notices.push(notice));
  editor = new FakeEditor();
  session.start(editor);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("joining", () => {
  test("says who we are, below the page's own address, password not in the URL", () => {
    open();
    expect(FakeSocket.last.url).toBe("wss://host/base/api/socket/my%20pad");
    expect(sent("Hello")).toEqual([
      expect.objectContaining({ otp: "pw", epoch: null, revision: 0, client: expect.stringMatching(/^[\w-]{22}$/) }),
    ]);
    expect(session.shareLink()).toBe("https://host/base/#my%20pad&otp=pw");
  });

  test.each([
    ["author", "mab"], // by user id: mine is smaller than theirs
    [undefined, "abm"], // an older server: by text
  ])("asks for the order by author, and goes by what Welcome says: %s", (order, result) => {
    open();
    expect(sent("Hello")).toEqual([expect.objectContaining({ order: "author" })]);
    hear({ Welcome: { ...WELCOME, order } });
    hear({ Snapshot: { revision: 0, text: "" } });
    type(0, 0, "m");
    hear({ History: { start: 0, operations: [{ id: ME + 1, operation: ["a"] }, { id: 1, operation: [1, "b"] }] } });
    frame();
    expect(editor.text).toBe(result);
  });

  test("is connected once the text is here, and read-only before", () => {
    open();
    hear({ Welcome: WELCOME });
    expect(session.link.value.kind).toBe("connecting");
    expect(session.isReadOnly.value).toBe(true);
    hear({ Snapshot: { revision: 0, text: "" } });
    expect(session.link.value.kind).toBe("up");
    expect(session.isReadOnly.value).toBe(false);
  });

  test("shows the text, the people and where they are", () => {
    join("a😀b");
    expect(editor.text).toBe("a😀b");
    expect(session.people.list.value.map(({ name }) => name)).toEqual(["Bob", session.identity.value.name]);
    expect(editor.others.get(1)).toEqual({ cursors: [3], selections: [] });
  });
});

test("regression: who connects anew while connected says Hello first, whatever is typed meanwhile", () => {
  join("ab");
  session.usePassword("other");
  open();
  type(2, 2, "c");
  session.setLanguage("rust");
  session.setIdentity("Other", 100);
  expect(FakeSocket.last.sent.map((text) => Object.keys(JSON.parse(text) as object))).toEqual([["Hello"]]);
  hear({ Welcome: { ...WELCOME, resumed: true } });
  expect(FakeSocket.last.sent).toHaveLength(1);
  hear({ History: { start: 0, operations: [] } });
  expect(sent("Edit")).toEqual([{ revision: 0, operation: [2, "c"] }]);
  expect(sent("SetLanguage")).toEqual(["rust"]);
});

test("what comes before the editor is there is shown when it is", () => {
  session = new Session("my pad", "pw", "https://host/base/");
  editor = new FakeEditor();
  session.open();
  join("a😀b");
  hear({ History: { start: 0, operations: [{ id: 1, operation: ["x", 3] }] } });
  frame();
  expect(session.isReadOnly.value).toBe(false);
  session.start(editor);
  expect(editor.text).toBe("xa😀b");
  expect(editor.others.get(1)).toEqual({ cursors: [4], selections: [] });
  expect(sent("Hello")).toHaveLength(1);
  type(5, 5, "!");
  expect(sent("Edit")).toEqual([{ revision: 1, operation: [4, "!"] }]);
});

describe("editing together", () => {
  test("counts what the server does not have yet", () => {
    join("ab");
    type(2, 2, "c");
    type(3, 3, "d");
    expect(session.unsaved.value).toBe(2);
    expect(sent("Edit")).toEqual([{ revision: 0, operation: [2, "c"] }]);
    hear({ History: { start: 0, operations: [{ id: ME, operation: [2, "c"] }] } });
    expect(session.unsaved.value).toBe(1);
    expect(sent("Edit")).toHaveLength(2);
  });

  test("a burst of remote edits is one change of the editor, carets in step", () => {
    join("");
    const before = editor.dispatches;
    for (let n = 0; n < 100; n++) {
      hear({ History: { start: n, operations: [{ id: 1, operation: n ? [n, "😀"] : ["😀"] }] } });
      hear({ UserCursor: { id: 1, data: { cursors: [n + 1], selections: [] } } });
    }
    expect(editor.dispatches).toBe(before);
    frame();
    expect(editor.dispatches).toBe(before + 1);
    expect(editor.text).toBe("😀".repeat(100));
    expect(editor.others.get(1)).toEqual({ cursors: [200], selections: [] });
  });

  test("typing between two frames fits, and the caret waits for the text", () => {
    join("ab");
    hear({ History: { start: 0, operations: [{ id: 1, operation: ["x", 2] }] } });
    type(2, 2, "!");
    expect(editor.text).toBe("ab!");
    frame();
    expect(editor.text).toBe("xab!");
    type(4, 4, "?");
    editor.mine = { cursors: [5], selections: [[4, 5]] };
    session.caretsMoved();
    frame();
    expect(sent("CursorData")).not.toContainEqual(editor.mine);
    hear({ History: { start: 1, operations: [{ id: ME, operation: [3, "!"] }] } });
    frame();
    expect(sent("CursorData").at(-1)).toEqual({ cursors: [5], selections: [[4, 5]] });
  });

  test("news carry who made them", () => {
    join("");
    hear({ Language: { language: "c", user_id: 1, user_name: "Bob" } });
    hear({ OTP: { otp: "new", user_id: ME, user_name: "me" } });
    hear({ UserInfo: { id: 9, info: { name: "Eve", hue: 1 } } });
    hear({ UserInfo: { id: 9, info: null } });
    frame();
    expect(notices).toEqual([
      { kind: "language", language: "c", by: "Bob", mine: false },
      { kind: "protected", by: "me", mine: true },
      { kind: "joined", who: "Eve" },
      { kind: "left", who: "Eve" },
    ]);
    expect(session.shareLink()).toMatch(/otp=new$/);
  });
});

describe("trouble", () => {
  test("only a wrong password asks for a password", () => {
    open();
    close(1006);
    expect(session.link.value).toMatchObject({ kind: "waiting", reason: "unreachable" });
    session.retryConnection();
    open();
    close(4401);
    expect(session.link.value).toMatchObject({ kind: "stopped", reason: "password" });
    session.usePassword("right");
    open();
    expect(sent("Hello")).toEqual([expect.objectContaining({ otp: "right" })]);
  });

  test("a lost acknowledgement doubles nothing", () => {
    join("");
    type(0, 0, "hello");
    close(1006);
    type(5, 5, "!");
    expect(session.unsaved.value).toBe(2);
    session.retryConnection();
    open();
    expect(sent("Hello")).toEqual([expect.objectContaining({ epoch: "e", revision: 0 })]);
    hear({ Welcome: { ...WELCOME, resumed: true, committed: 1, revision: 1 } });
    hear({ History: { start: 0, operations: [{ id: ME, operation: ["hello"] }] } });
    frame();
    expect(sent("Edit")).toEqual([{ revision: 1, operation: [5, "!"] }]);
    expect(editor.text).toBe("hello!");
  });

  test("regression: a connection that ends before it began says nothing of an edit sent before", () => {
    join("");
    type(0, 0, "hello");
    close(1006);
    session.retryConnection();
    open();
    close(4400);
    expect(session.refusal.value).toBeNull();
    expect(session.unsaved.value).toBe(1);
  });

  test("a contradiction asks for a fresh copy and keeps what was typed", () => {
    join("ab");
    type(2, 2, "mine");
    hear({ History: { start: 7, operations: [{ id: 1, operation: [9, "x"] }] } });
    frame();
    expect(session.link.value).toMatchObject({ kind: "waiting", reason: "out_of_step" });
    session.retryConnection();
    open();
    expect(sent("Hello")).toEqual([expect.objectContaining({ epoch: null, revision: 0 })]);
    hear({ Welcome: { ...WELCOME, revision: 8 } });
    hear({ Snapshot: { revision: 8, text: "Xab" } });
    frame();
    expect(editor.text).toBe("Xabmine");
    expect(sent("Edit")).toEqual([{ revision: 8, operation: [3, "mine"] }]);
  });

  test("a message that is no message does too", () => {
    join("ab");
    FakeSocket.last.says("nonsense");
    expect(session.link.value).toMatchObject({ kind: "waiting", reason: "out_of_step" });
  });

  test("an edit that no message can hold goes in several, each after the echo of the one before", () => {
    join("");
    type(0, 0, '"'.repeat(300));
    for (let revision = 0; session.unsaved.value > 0; revision++) {
      const edits = sent("Edit") as { revision: number; operation: (string | number)[] }[];
      expect(edits).toHaveLength(revision + 1);
      expect(JSON.stringify({ Edit: edits[revision] }).length).toBeLessThanOrEqual(200);
      expect(edits[revision]!.revision).toBe(revision);
      expect(session.refusal.value).toBeNull();
      hear({ History: { start: revision, operations: [{ id: ME, operation: edits[revision]!.operation }] } });
    }
    expect(sent("Edit").length).toBeGreaterThan(5);
    expect(editor.text).toBe('"'.repeat(300));
  });

  test("an edit that the document cannot hold is refused before a part of it is sent", () => {
    join("");
    type(0, 0, "x".repeat(1001));
    expect(sent("Edit")).toEqual([]);
    expect(session.refusal.value).toMatchObject({ code: "document_too_large", limit: 1000 });
    session.undoRefused();
    expect(editor.text).toBe("");
    expect(session.unsaved.value).toBe(0);
  });

  test("too fast means later, by itself", async () => {
    join("");
    type(0, 0, "x");
    hear({ Rejected: { revision: 0, code: "rate_limited", message: "slow down", limit: 200 } });
    expect(session.refusal.value?.code).toBe("rate_limited");
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent("Edit")).toHaveLength(2);
    expect(session.refusal.value?.code).toBe("rate_limited"); // until it is known to have worked
    hear({ History: { start: 0, operations: [{ id: ME, operation: ["x"] }] } });
    expect(session.refusal.value).toBeNull();
  });

  test("regression: a database that is away for long is one refusal, not one each time it is tried", async () => {
    join("");
    type(0, 0, "x");
    const seen: (string | undefined)[] = [];
    const end = effect(() => void seen.push(session.refusal.value?.code));
    for (let tries = 1; tries <= 4; tries++) {
      expect(sent("Edit")).toHaveLength(tries);
      hear({ Rejected: { revision: 0, code: "storage_unavailable", message: "", limit: null } });
      await vi.advanceTimersByTimeAsync(1500);
    }
    expect(new Set(seen.slice(1))).toEqual(new Set(["storage_unavailable"]));
    end();
  });

  test("regression: an edit that was too large for the document is sent when it has been shortened", () => {
    join("");
    type(0, 0, "x".repeat(1001));
    type(0, 951, "");
    expect(session.refusal.value).toBeNull();
    expect(sent("Edit")).toEqual([{ revision: 0, operation: ["x".repeat(50)] }]);
  });

  test("an older text of the server does not take mine away", () => {
    join("precious");
    hear({ History: { start: 0, operations: [{ id: 1, operation: [8, "!"] }] } });
    frame();
    close(4410);
    session.retryConnection();
    open();
    hear({ Welcome: { ...WELCOME, epoch: "f" } });
    hear({ Snapshot: { revision: 0, text: "" } });
    expect(editor.text).toBe("");
    expect(session.unmerged.all.value).toEqual([{ text: "precious!", why: "set_back" }]);
    expect(session.unsaved.value).toBe(0);
    expect(session.holdsOnlyCopy.value).toBe(true); // so leaving is warned about
    session.unmerged.drop("precious!");
    expect(session.holdsOnlyCopy.value).toBe(false);
  });

  test("the server's storage is told of", () => {
    join("");
    hear({ Storage: { writable: false } });
    expect(session.isStorageWritable.value).toBe(false);
    hear({ Storage: { writable: true } });
    expect(session.isStorageWritable.value).toBe(true);
  });
});

describe("what one may do", () => {
  const LINK = "AAAAAAAAAAAAAAAAAAAAAA";
  const EDITOR = "BBBBBBBBBBBBBBBBBBBBBA";

  function begin(padId: string, owner: string | null = null): void {
    session.close();
    session = new Session(padId, null, "https://host/base/", { owner });
    notices = [];
    session.onNotice((notice) => notices.push(notice));
    session.start((editor = new FakeEditor()));
    open();
  }

  function joinAs(access: string, more: object = {}): void {
    hear({ Welcome: { ...WELCOME, access, ...more } });
    hear({ Snapshot: { revision: 0, text: "" } });
    hear({ Users: [{ id: ME, name: "", hue: 20, cursors: [], selections: [], ...(access === "view" && { view: true }) }] });
    frame();
  }

  test("who brings an earlier text back is named to the others, and tells them only where the server can", () => {
    begin("pad");
    joinAs("edit");
    session.tellRestored(812, 1_700_000_000);
    expect(sent("Restored")).toEqual([]);
    hear({ Restored: { revision: 812, at: 1_700_000_000, user_id: ME + 1, user_name: "Bob" } });
    hear({ HistoryChanged: { change: "deleted", kept: true, user_id: 2 ** 64, user_name: "System" } });
    frame();
    const news = { kind: "rights", mine: false };
    expect(notices).toEqual([
      { ...news, right: "restored", by: "Bob", at: 1_700_000_000 },
      { ...news, right: "deleted", by: null, at: null },
    ]);
    begin("pad");
    joinAs("edit", { history: true });
    session.tellRestored(812, 1_700_000_000);
    expect(sent("Restored")).toEqual([{ revision: 812, at: 1_700_000_000 }]);
  });

  test("a link is said in the Hello, without an id and a password; nothing may be typed before the server allows it", () => {
    begin(`/link/${LINK}`);
    expect(FakeSocket.last.url).toBe("wss://host/base/api/socket");
    expect(sent("Hello")).toEqual([expect.objectContaining({ link: LINK, otp: null })]);
    expect(session.access.isReader.value).toBe(true);
    joinAs("edit");
    expect([session.access.isReader.value, session.isReadOnly.value]).toEqual([false, false]);
    expect(session.shareLink()).toBe(`https://host/base/#/link/${LINK}`);
    begin(`/link/${LINK}`);
    expect(session.access.isReader.value).toBe(false); // so that one can go on without a connection
    joinAs("view");
    begin(`/link/${LINK}`);
    expect(session.access.isReader.value).toBe(true);
  });

  test("a reader tells no carets, and is counted, not listed", () => {
    begin(`/link/${LINK}`);
    joinAs("view");
    session.caretsMoved();
    vi.advanceTimersByTime(1_000);
    expect(sent("CursorData")).toEqual([]);
    expect(session.isReadOnly.value).toBe(true);
    hear({ UserInfo: { id: 8, info: { name: "", hue: 1, view: true } } });
    hear({ UserInfo: { id: 9, info: { name: "Bob", hue: 1 } } });
    frame();
    expect(session.people.list.value.map(({ id }) => id)).toEqual([9]);
    expect(session.people.readers.value.map(({ id }) => id)).toEqual([ME, 8]);
    expect(notices).toEqual([{ kind: "joined", who: "Bob" }]);
  });

  test("a name that was made up is told by those alone who may write; a chosen one by all", () => {
    localStorage.clear();
    begin(`/link/${LINK}`);
    expect(sent("Hello")).toEqual([expect.objectContaining({ name: "" })]);
    joinAs("view");
    expect(sent("ClientInfo")).toEqual([]);
    hear({ Access: { role: "edit" } });
    expect(sent("ClientInfo")).toEqual([session.identity.value]);
    session.setIdentity("Ann", 20);
    begin(`/link/${LINK}`);
    expect(sent("Hello")).toEqual([expect.objectContaining({ name: "Ann" })]);
  });

  test("what is unsent when one may only read any more stays, and is sent when one may write again", async () => {
    join("");
    type(0, 0, "last words");
    hear({ Access: { role: "view" } });
    hear({ Rejected: { revision: 0, code: "view_only", message: "This link is for reading only.", limit: null } });
    expect([session.isReadOnly.value, editor.text, session.unsaved.value]).toEqual([true, "last words", 1]);
    expect(session.refusal.value?.code).toBe("view_only");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent("Edit")).toHaveLength(1);
    hear({ Access: { role: "edit" } });
    await vi.advanceTimersByTimeAsync(5_000); // it may have been written down
    expect(sent("Edit")).toHaveLength(2);
    hear({ History: { start: 0, operations: [{ id: ME, operation: ["last words"] }] } });
    expect([session.refusal.value, session.unsaved.value, session.isReadOnly.value]).toEqual([null, 0, false]);
    expect(notices).toMatchObject([{ right: "view_only" }, { right: "editable" }]);
  });

  test("the same over a lost connection", () => {
    join("");
    type(0, 0, "x");
    hear({ Access: { role: "view" } });
    hear({ Rejected: { revision: 0, code: "view_only", message: "", limit: null } });
    close(1006);
    session.retryConnection();
    open();
    hear({ Welcome: { ...WELCOME, resumed: true } });
    hear({ History: { start: 0, operations: [] } });
    expect(sent("Edit")).toEqual([{ revision: 0, operation: ["x"] }]);
  });

  test("the token of the owner is kept, said in each Hello, and taken from the address", () => {
    begin("mine");
    expect(sent("Hello")).toEqual([expect.not.objectContaining({ owner: expect.anything() })]);
    joinAs("edit");
    hear({ Owner: { token: EDITOR } });
    expect(session.access.role.value).toBe("own");
    begin("mine");
    expect(sent("Hello")).toEqual([expect.objectContaining({ owner: EDITOR })]);
    begin("another", LINK);
    expect(sent("Hello")).toEqual([expect.objectContaining({ owner: LINK })]);
    joinAs("edit"); // it is no token of this pad's owner
    begin("another");
    expect(sent("Hello")).toEqual([expect.not.objectContaining({ owner: expect.anything() })]);
    begin("another", LINK);
    joinAs("own");
    begin("another");
    expect(sent("Hello")).toEqual([expect.objectContaining({ owner: LINK })]);
  });

  test("a token that did not arrive with the echo comes with the next Welcome", () => {
    begin("mine");
    joinAs("own", { owner: EDITOR });
    expect(session.access.owner.value).toBe(EDITOR);
  });

  test("whoever begins a pad owns it, which is no news to those who were there before", () => {
    begin("mine");
    joinAs("edit");
    hear({ Rights: { owner: true, manage: "editors", write: "editors", user_id: 2 ** 64, user_name: "System" } });
    expect(notices).toEqual([]);
    begin("theirs");
    joinAs("edit", { revision: 7 });
    hear({ Rights: { owner: true, manage: "editors", write: "editors", user_id: 2 ** 64, user_name: "System" } });
    expect(notices).toMatchObject([{ right: "owned", by: null }]);
  });

  test("what others decide about the pad is told with their names", () => {
    join("");
    const rights = { owner: true, manage: "editors", write: "editors", user_id: 1, user_name: "Bob" };
    hear({ Rights: rights });
    hear({ Rights: { ...rights, write: "owner" } });
    hear({ Rights: { ...rights, write: "editors", user_id: 2 ** 64 } });
    expect(notices).toMatchObject([
      { right: "owned", by: "Bob", mine: false },
      { right: "penned", by: "Bob" },
      { right: "unpenned", by: null },
    ]);
  });

  test.each([
    ["/link/" + LINK, 4403, "link"],
    ["pad", 4403, null],
    ["/link/" + LINK, 4410, "gone"],
    ["pad", 4410, "gone"],
    ["pad", 1006, null],
  ])("%s ends with %i: %s; the text stays, and is only read where it ends for good", (padId, code, end) => {
    begin(padId);
    joinAs("edit");
    type(0, 0, "text");
    close(code);
    expect([session.end.value, session.isReadOnly.value, session.localText()]).toEqual([end, end !== null, "text"]);
  });

  test("a text that is safe elsewhere holds up nobody who leaves", async () => {
    join("");
    type(0, 0, "text");
    close(4410);
    expect(session.holdsOnlyCopy.value).toBe(true);
    await session.letGo();
    expect(session.holdsOnlyCopy.value).toBe(false);
  });
});

describe("beginning anew", () => {
  const reload = vi.fn();
  const put = vi.fn();

  /** Another page of this browser: it takes the tab's token over. */
  async function anotherTabGoesOn(): Promise<void> {
    vi.useRealTimers();
    const [{ client }] = sent("Hello") as [{ client: string }];
    const channel = new BroadcastChannel("kolabpad.tabs");
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
    channel.postMessage({ kind: "taken", token: client });
    await vi.waitFor(() => expect(session.link.value.kind).toBe("stopped"));
    channel.close();
    vi.useFakeTimers();
  }

  beforeEach(() => {
    vi.spyOn(location, "reload").mockImplementation(reload.mockClear());
    vi.stubGlobal("indexedDB", { open: put.mockClear().mockReturnValue({ addEventListener: () => {} }) });
    sessionStorage.clear();
    storageTrouble.value = { settings: false, unsent: false };
  });

  test("regression: a tab whose text another one goes on with says nothing more under their token", async () => {
    join("ab");
    type(2, 2, "mine");
    await anotherTabGoesOn();
    expect(session.link.value).toMatchObject({ kind: "stopped", reason: "replaced" });
    const made = FakeSocket.all.length;
    session.reconnectNow();
    type(6, 6, "!");
    await session.onPageHide();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all).toHaveLength(made);
    expect(put).not.toHaveBeenCalled();
    expect(session.holdsOnlyCopy.value).toBe(true);

    session.retryConnection();
    await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
    expect(FakeSocket.all).toHaveLength(made);
    expect(session.holdsOnlyCopy.value).toBe(false); // so the reload is not warned about
    const next = new Session("my pad", "pw", "https://host/base/");
    next.unmerged.restoreFromLastPage();
    expect(next.unmerged.all.value).toEqual([{ text: "abmine!", why: "elsewhere" }]);
  });

  test("where the browser cannot keep the text over a reload, it stays", async () => {
    join("ab");
    type(2, 2, "mine");
    await anotherTabGoesOn();
    vi.stubGlobal("sessionStorage", undefined);
    session.retryConnection();
    await vi.advanceTimersByTimeAsync(0);
    expect(reload).not.toHaveBeenCalled();
    expect(session.unmerged.all.value).toEqual([{ text: "abmine", why: "elsewhere" }]);
    expect(session.holdsOnlyCopy.value).toBe(true);
  });

  test("regression: a page back from the browser's cache neither writes nor speaks before it reloads", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve({ ok: true }));
    join("ab");
    type(2, 2, "mine");
    const made = FakeSocket.all.length;
    await session.onPageRestored();
    expect(reload).toHaveBeenCalledOnce();
    expect(session.holdsOnlyCopy.value).toBe(false);
    await session.onPageHide(); // as the reload has it
    await vi.advanceTimersByTimeAsync(60_000);
    expect(put).not.toHaveBeenCalled();
    expect(FakeSocket.all).toHaveLength(made);
  });

  test("a page back from the cache goes on when nothing is unsent, when no other page can have it, or when there would be none", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no server")));
    join("ab");
    await session.onPageRestored();
    type(2, 2, "mine");
    await session.onPageRestored();
    storageTrouble.value = { settings: false, unsent: true };
    vi.stubGlobal("fetch", () => Promise.resolve({ ok: true }));
    await session.onPageRestored();
    expect(reload).not.toHaveBeenCalled();
    expect(session.unsaved.value).toBe(1);
  });

  test("a tab that the server calls replaced writes down what is unsent before it begins anew", async () => {
    join("ab");
    type(2, 2, "mine");
    for (let times = 0; times < 2; times++) {
      close(1000);
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect(session.link.value).toMatchObject({ kind: "stopped", reason: "replaced" });
    session.retryConnection();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(put).toHaveBeenCalled();
    expect(reload).toHaveBeenCalledOnce();
    expect(session.unmerged.all.value).toEqual([{ text: "abmine", why: "elsewhere" }]); // since that did not end
  });

  test("regression: an edit that breaks the copy is not swallowed; the editor's text is kept, and a fresh copy taken", () => {
    join("ab");
    const broken = [{ from: 2, to: 2, insert: "x" }, { from: 0, to: 0, insert: "y" }]; // not in order
    expect(() => session.edit(broken)).toThrow();
    session.editFailed(new Error("by an edit"), "yabx");
    expect(reload).toHaveBeenCalledOnce();
    const next = new Session("my pad", "pw", "https://host/base/");
    next.unmerged.restoreFromLastPage();
    expect(next.unmerged.all.value).toEqual([{ text: "yabx", why: "broken" }]);
  });

  test("a lost text that is in the pad again is not lost", () => {
    session.unmerged.add("found", "elsewhere");
    join("found");
    expect(session.unmerged.all.value).toEqual([]);
  });
});

describe("identity", () => {
  test("a colour that somebody has is exchanged, for this visit only", () => {
    session.setIdentity("Me", 25);
    join("");
    const { hue } = session.identity.value;
    expect(hue).toBe(200); // Bob has 20
    expect(sent("ClientInfo")).toEqual([{ name: "Me", hue }]);
    expect(notices).toEqual([{ kind: "recoloured" }]);
    expect(new Session("p", null, "http://h/").identity.value.hue).toBe(25);
  });

  test("regression: one's own second tab is oneself", () => {
    session.setIdentity("Bob", 20);
    join("");
    expect(session.identity.value.hue).toBe(20);
    expect(notices).toEqual([]);
  });

  test("regression: after a reconnect colours are kept apart again, by whoever has the larger id", () => {
    join("");
    const meetAs = (me: number, hue: number) => {
      close(1006);
      vi.advanceTimersByTime(60_000);
      open();
      hear({ Welcome: { ...WELCOME, user_id: me, resumed: true } });
      hear({ History: { start: 0, operations: [] } });
      hear({ Users: [{ id: 6, name: "Carol", hue, cursors: [], selections: [] }] });
      frame();
    };
    meetAs(5, 199);
    expect(session.identity.value.hue).toBe(200); // Carol gives way
    meetAs(7, 199);
    expect(session.identity.value.hue).toBe(19);
    expect(notices).toEqual([{ kind: "recoloured" }]);
  });

  test.each([
    [100, [], 100],
    [100, [124, 76], 100],
    [100, [123], 303],
    [100, [101], 281],
    [5, [355], 175],
    [0, [0, 90, 180], 270],
    [350, [340, 350, 0], 170],
  ])("hue %i among %j becomes %i", (hue, others, expected) => {
    expect(distinctHue(hue, others)).toBe(expected);
  });

  test("is made up once, cleaned, kept and told", () => {
    localStorage.clear();
    session = new Session("p", null, "http://h/");
    session.start(editor);
    const made = session.identity.value;
    expect(new Session("p", null, "http://h/").identity.value).toEqual(made);
    join(""); // and Bob has 20: a colour of the first visit goes as far from it as it can
    expect(session.identity.value.hue).toBe(200);
    expect(notices).toEqual([]);
    session.setIdentity("  Zoë\u0007 \n", 359);
    expect(sent("ClientInfo").at(-1)).toEqual({ name: "Zoë", hue: 359 });
    expect(new Session("p", null, "http://h/").identity.value).toEqual({ name: "Zoë", hue: 359 });
    session.setIdentity("   ", 1);
    expect(session.identity.value.name).toBe("Zoë");
  });

  test("works without storage", () => {
    vi.stubGlobal("localStorage", undefined);
    const alone = new Session("p", null, "http://h/");
    expect(alone.identity.value.name).not.toBe("");
    alone.setIdentity("Me", 3);
    expect(alone.identity.value).toEqual({ name: "Me", hue: 3 });
  });
});

describe("who is typing", () => {
  const typing = () => [...session.people.activity.typing.value];

  test("is told of others, not of oneself, and ends when they leave", () => {
    join("");
    type(0, 0, "a");
    hear({ History: { start: 0, operations: [{ id: ME, operation: ["a"] }] } });
    frame();
    expect(typing()).toEqual([]);
    hear({ History: { start: 1, operations: [{ id: 1, operation: [1, "b"] }] } });
    frame();
    expect(typing()).toEqual([1]);
    hear({ UserInfo: { id: 1, info: null } });
    frame();
    expect(typing()).toEqual([]);
  });

  test("what was typed while the connection was away is no news", () => {
    join("");
    close(1006);
    vi.advanceTimersByTime(60_000);
    open();
    hear({ Welcome: { ...WELCOME, resumed: true, revision: 1 } });
    hear({ History: { start: 0, operations: [{ id: 1, operation: ["b"] }] } });
    frame();
    expect(editor.text).toBe("b");
    expect(typing()).toEqual([]);
  });
});
