// @vitest-environment happy-dom
import { describe, expect, test, vi } from "vitest";
import { FakeSocket } from "../testing/fake_socket";
import { ME, WELCOME, close, editor, frame, hear, join, notices, open, playOn, playSessions, sent, session, type } from "../testing/played_session";
import { Session } from ".";

playSessions();

describe("what one may do", () => {
  const LINK = "AAAAAAAAAAAAAAAAAAAAAA";
  const EDITOR = "BBBBBBBBBBBBBBBBBBBBBA";

  function begin(padId: string, owner: string | null = null): void {
    session.close();
    playOn(new Session(padId, null, "https://host/base/", { owner }));
    session.start(editor);
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
