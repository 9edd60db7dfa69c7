// @vitest-environment happy-dom
import { describe, expect, test, vi } from "vitest";
import { FakeSocket } from "../testing/fake_socket";
import { ME, WELCOME, close, editor, frame, hear, join, notices, open, playOn, playSessions, sent, session, type } from "../testing/played_session";
import { Session } from ".";

playSessions();

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
  playOn(new Session("my pad", "pw", "https://host/base/"));
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
