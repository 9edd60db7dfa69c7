import { describe, expect, test } from "vitest";
import { decode, encode, SYSTEM_USER, WireError } from ".";

const WELCOME = {
  user_id: 3, epoch: "q3Rk", revision: 830, resumed: true, committed: 815, access: "edit",
  language: "c", otp: null, limits: { document_bytes: 262144, message_bytes: 327680 },
  created_at: 1767225600, expires_at: 1767830400, history: false, comments: "write", order: "author", server: "1.0.0 (abc1234)",
};

describe("messages of the server", () => {
  test.each([
    [{ Identity: 0 }, { type: "Identity", user_id: 0 }],
    [{ Welcome: WELCOME }, { type: "Welcome", welcome: WELCOME }],
    [{ Welcome: { ...WELCOME, order: undefined } }, { type: "Welcome", welcome: { ...WELCOME, order: null } }],
    [{ Snapshot: { revision: 8, text: "" } }, { type: "Snapshot", revision: 8, text: "" }],
    [
      { History: { start: 5, operations: [{ id: 0, operation: [10, "hello", -2] }] } },
      { type: "History", start: 5, operations: [{ id: 0, order: null, operation: [10, "hello", -2] }] },
    ],
    [
      { History: { start: 5, operations: [{ id: 0, order: "text", operation: [10] }] } },
      { type: "History", start: 5, operations: [{ id: 0, order: "text", operation: [10] }] },
    ],
    [
      { Users: [{ id: 1, name: "Bob", hue: 20, cursors: [4], selections: [[1, 4]] }] },
      { type: "Users", users: [{ id: 1, name: "Bob", hue: 20, cursors: [4], selections: [[1, 4]] }] },
    ],
    [
      { Users: [{ id: 1, name: "Bob", hue: 20 }] },
      { type: "Users", users: [{ id: 1, name: "Bob", hue: 20, cursors: [], selections: [] }] },
    ],
    [
      { OTP: { otp: null, user_id: 2, user_name: "Bob" } },
      { type: "OTP", otp: null, user_id: 2, user_name: "Bob" },
    ],
    [{ UserInfo: { id: 3, info: null } }, { type: "UserInfo", id: 3, info: null }],
    [
      { Rejected: { revision: 1, code: "bad_text", message: "no" } },
      { type: "Rejected", revision: 1, code: "bad_text", message: "no", limit: null },
    ],
    [{ Storage: { writable: false } }, { type: "Storage", writable: false }],
    [
      { Welcome: { ...WELCOME, history: true, access: "own", owner: "t", rights: { owner: true, manage: "owner", write: "editors" } } },
      { type: "Welcome", welcome: { ...WELCOME, history: true, access: "own", owner: "t", rights: { owner: true, manage: "owner", write: "editors" } } },
    ],
    [{ Welcome: { ...WELCOME, comments: undefined } }, { type: "Welcome", welcome: { ...WELCOME, comments: null } }],
    [{ Access: { role: "view" } }, { type: "Access", role: "view", comments: null }],
    [{ Access: { role: "view", comments: "read" } }, { type: "Access", role: "view", comments: "read" }],
    [{ Access: { role: "edit_by_day" } }, { type: "Access", role: "edit", comments: null }], // of a newer server, which refuses what one may not
    [{ Owner: { token: "t" } }, { type: "Owner", token: "t" }],
    [
      { Rights: { owner: true, manage: "editors", write: "owner", user_id: 1, user_name: "Bob" } },
      { type: "Rights", rights: { owner: true, manage: "editors", write: "owner" }, user_id: 1, user_name: "Bob" },
    ],
    [
      { UserInfo: { id: 3, info: { name: "Eve", hue: 1, view: true } } },
      { type: "UserInfo", id: 3, info: { name: "Eve", hue: 1, view: true } },
    ],
    [{ UserInfo: { id: 3, info: { name: "Eve", hue: 1, view: 1 } } }, { type: "UserInfo", id: 3, info: { name: "Eve", hue: 1 } }],
    [
      { Restored: { revision: 812, at: 1_700_000_000, user_id: 1, user_name: "Bob" } },
      { type: "Past", change: "restored", at: 1_700_000_000, user_id: 1, user_name: "Bob" },
    ],
    [
      { Restored: { revision: 812, at: null, user_id: 1, user_name: "Bob" } },
      { type: "Past", change: "restored", at: null, user_id: 1, user_name: "Bob" },
    ],
    [
      { HistoryChanged: { change: "off", kept: false, user_id: 1, user_name: "Bob" } },
      { type: "Past", change: "off", at: null, user_id: 1, user_name: "Bob" },
    ],
    [{ Pong: 7 }, { type: "Pong", n: 7 }],
    [{ Tomorrow: 1 }, { type: "Unknown", name: "Tomorrow", body: 1 }],
    [{ toString: 1 }, { type: "Unknown", name: "toString", body: 1 }],
    [{ CommentGone: { thread: "t" } }, { type: "Unknown", name: "CommentGone", body: { thread: "t" } }], // checked by comments/
  ])("%j", (sent, message) => {
    expect(decode(JSON.stringify(sent))).toEqual(message);
  });

  test("the author of what no user made is recognised", () => {
    const text = '{"Language":{"language":"c","user_id":18446744073709551615,"user_name":"System"}}';
    expect(decode(text)).toMatchObject({ user_id: SYSTEM_USER });
  });

  test.each([
    "", "{", "null", "[]", "{}", '"Pong"', '{"Pong":1,"Ping":1}',
    '{"Pong":"1"}', '{"Pong":-1}', '{"Pong":1.5}', '{"Snapshot":{"revision":1}}',
    '{"History":{"start":0,"operations":[{"id":0,"operation":[0]}]}}',
    '{"History":{"start":0,"operations":[{"id":0,"operation":[""]}]}}',
    '{"History":{"start":0,"operations":[{"id":0,"operation":[1.5]}]}}',
    '{"History":{"start":0,"operations":[{"id":0,"operation":[null]}]}}',
    '{"History":{"start":0,"operations":[{"id":0,"order":1,"operation":[1]}]}}',
    '{"UserInfo":{"id":0,"info":{"name":"x","hue":360}}}',
    '{"UserInfo":{"id":0,"info":{"name":"x","hue":"red;"}}}',
    '{"Access":{}}', '{"Access":"view"}', '{"Owner":{"token":1}}', '{"Rights":{"owner":1,"user_id":0,"user_name":""}}',
    '{"UserCursor":{"id":0,"data":{"cursors":[1],"selections":[[1]]}}}',
  ])("%s is refused", (text) => {
    expect(() => decode(text)).toThrow(WireError);
  });
});

test("our messages have one key", () => {
  expect(encode({ Edit: { revision: 4, operation: [1, "x"] } })).toBe(
    '{"Edit":{"revision":4,"operation":[1,"x"]}}',
  );
});
