import { expect, test } from "vitest";
import { hashOf, idOfLink, linkOf, momentLink, newClientToken, newPadId, ownerLink, padIdProblem, parseAddress, shareLink, socketUrl } from "./address";

test.each([
  ["#pad", "", "pad", null],
  ["#pad&otp=s3cret_-", "", "pad", "s3cret_-"],
  ["#pad?otp=old", "", "pad", "old"],
  ["#pad", "?otp=older", "pad", "older"],
  ["#pad&otp=hash", "?otp=query", "pad", "hash"],
  ["#my%20pad%26co", "", "my pad&co", null],
  ["#日本", "", "日本", null],
  ["#100%", "", "100%", null],
  ["#pad&otp=", "", "pad", null],
  ["", "", "", null],
  ["#&otp=x", "", "", "x"],
  // Regression: these opened "Q", "why" and the like.
  ["#Q&A", "", "Q&A", null],
  ["#why?", "", "why?", null],
  ["#a=b", "", "a=b", null],
  ["#a&b=c?d", "", "a&b=c?d", null],
  ["#R&D&otp=pw", "", "R&D", "pw"],
  ["#why?&otp=pw", "", "why?", "pw"],
  ["#why??otp=pw", "", "why?", "pw"],
  ["#a&otp", "", "a&otp", null],
  ["#a&notp=b", "", "a&notp=b", null],
  ["#otp=b", "", "otp=b", null],
  ["#Q%26A", "", "Q&A", null],
  ["#a%26otp%3Db", "", "a&otp=b", null],
  ["#a#b", "", "a#b", null],
  ["#Q&A", "?otp=older&embed=1", "Q&A", "older"],
  ["#50%", "", "50%", null],
  ["#50%25", "", "50%", null],
  ["#50%%20off", "", "50% off", null], // what browsers make of "#50% off"
  ["#%E6%97%A5%F0%9F%98%80%", "", "日😀%", null],
  ["#caf%E9%C3%A9", "", "caf%E9é", null],
  ["#%ED%A0%80", "", "%ED%A0%80", null],
])("%s%s is pad %j with password %j", (hash, search, id, otp) => {
  expect(parseAddress(hash, search)).toEqual({ id, otp });
});

test.each([
  ["#pad@812", "pad", null, 812],
  ["#pad@812&otp=pw", "pad", "pw", 812],
  ["#a%40b@0", "a@b", null, 0],
  ["#/link/abcdefghijklmnopqrstuv@3", "/link/abcdefghijklmnopqrstuv", null, 3],
  ["#a@1@2", "a@1", null, 2],
  ["#a%0Ab@1", "a\nb", null, 1],
])("%s is pad %j with password %j at moment %d", (hash, id, otp, moment) => {
  expect(parseAddress(hash, "")).toEqual({ id, otp, moment });
});

test.each([["#team%405", "team@5"], ["#@812", "@812"], ["#a@b", "a@b"], ["#a@", "a@"], ["#a@1.5", "a@1.5"], ["#a@1234567890123456", "a@1234567890123456"]])(
  "%s is pad %j, and no moment of another",
  (hash, id) => expect(parseAddress(hash, "")).toEqual({ id, otp: null }),
);

test("a link to a moment leads there, whatever the pad is called, with the password that it had", () => {
  for (const id of ["pad", "a@5", "R&D", "日本#", "/link/abcdefghijklmnopqrstuv"]) {
    for (const otp of [null, "a&b@9"]) {
      const address = momentLink(shareLink("https://host/p/", { id, otp }), 812);
      const { hash } = new URL(address);
      expect(parseAddress(hash, "")).toEqual({ id, otp: linkOf(id) === null ? otp : null, moment: 812 });
    }
  }
});

test("an address survives its own writing", () => {
  for (const id of ["pad", "a@5", "a b&c?d=e", "日本😀", "100%", "#", "Q&A", "why?", "a=b", "50% off", "a&otp=b", "a?otp=b", "%41", "é", "why!", "a_", "(b)", "wait..."]) {
    for (const otp of [null, "Ab-_9", "a&b=c d+e", "Ab-_"]) {
      expect(parseAddress(hashOf({ id, otp }), "")).toEqual({ id, otp });
    }
  }
});

test("regression: a link ends in nothing that chats leave out of it", () => {
  expect(hashOf({ id: "why!", otp: null })).toBe("#why%21");
  expect(hashOf({ id: "an-old_id_", otp: null })).toBe("#an-old_id%5F");
  expect(hashOf({ id: "pad_", otp: "old-password-" })).toBe("#pad_&otp=old-password%2D");
  for (const sign of "-_.!~*'()?&=") expect(hashOf({ id: `a${sign}`, otp: null })).toMatch(/^#a%[2-7][\dA-F]$/);
});

test("ids and tokens are long, random and fit for the wire", () => {
  expect(newPadId()).toMatch(/^[\w-]{16}$/);
  expect(newClientToken()).toMatch(/^[\w-]{22}$/);
  expect(new Set(Array.from({ length: 100 }, newPadId)).size).toBe(100);
});

test("regression: an id begins and ends with a letter or digit, which chats leave in a link", () => {
  const ids = Array.from({ length: 2_000 }, newPadId);
  expect(ids.filter((id) => !/^[A-Za-z0-9][\w-]{14}[A-Za-z0-9]$/.test(id))).toEqual([]);
  expect(new Set(ids.map((id) => id[0])).size).toBe(62);
  expect(new Set(ids.map((id) => id.at(-1))).size).toBe(62);
  expect(ids.some((id) => /[-_]/.test(id))).toBe(true);
});

test.each([
  ["pad", null],
  ["日本😀 100%", null],
  ["x".repeat(128), null],
  ["x".repeat(129), "too_long"],
  ["語".repeat(43), "too_long"], // 129 bytes
  ["a/b", "slash"],
  ["a\u0007", "control"],
  ["a\u0085", "control"],
  [".", "dots"],
  ["..", "dots"],
  ["...", null],
])("the name %j: %j", (id, problem) => expect(padIdProblem(id)).toBe(problem));

const TOKEN = "Ab_-Ab_-Ab_-Ab_-Ab_-Aw";

test("a link is a pad without an id: its token is in the address of the page, and in no address of the server", () => {
  const { id, otp } = parseAddress(`#/link/${TOKEN}`, "");
  expect([id, otp, linkOf(id), padIdProblem(id)]).toEqual([idOfLink(TOKEN), null, TOKEN, null]);
  expect(hashOf({ id, otp: "told later" })).toBe(`#/link/${TOKEN}`);
  expect(shareLink("https://h/base/?embed=1", { id, otp: null })).toBe(`https://h/base/#/link/${TOKEN}`);
  expect(socketUrl("https://h/base/", id)).toBe("wss://h/base/api/socket");
});

test.each([`#/link/${TOKEN.slice(1)}`, `#/link/${TOKEN}x`, `#/link/${TOKEN.slice(1)}!`, "#/link/"])("%s is a link that is not whole", (hash) => {
  const { id } = parseAddress(hash, "");
  expect([linkOf(id), padIdProblem(id)]).toEqual([null, "link"]);
});

test.each(["/links/x", "link/x", "a/b"])("%s is no link, and no pad either", (id) => {
  expect([linkOf(id), padIdProblem(id)]).toEqual([null, "slash"]);
});

test("the owner's address gives the token away to the page alone, with a password or without", () => {
  const address = ownerLink("https://h/?embed=1", "Q&A", TOKEN);
  expect(address).toBe(`https://h/#Q%26A&owner=${TOKEN}`);
  expect(parseAddress(new URL(address).hash, "")).toEqual({ id: "Q&A", otp: null, owner: TOKEN });
  expect(parseAddress(`#pad&otp=pw&owner=${TOKEN}`, "")).toEqual({ id: "pad", otp: "pw", owner: TOKEN });
  expect(parseAddress("#pad&owner=me", "")).toEqual({ id: "pad&owner=me", otp: null }); // a pad of that name
});
