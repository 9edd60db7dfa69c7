import { beforeEach, expect, test } from "vitest";
import { Keyring } from "./keyring";

let kept: unknown;
let keys: Keyring;

beforeEach(() => {
  kept = null;
  keys = new Keyring({ read: () => kept, write: (_, value) => (kept = value) });
});

test("the owner's token and those of links are kept beside each other, each until it is not needed any more", () => {
  keys.keepOwner("a", "owner of a");
  keys.keepLink("a", "one", "token one");
  keys.keepLink("a", "two", "token two");
  keys.keepOwner("b", "owner of b");
  expect([keys.ownerOf("a"), keys.linksOf("a")]).toEqual(["owner of a", { one: "token one", two: "token two" }]);
  keys.keepLink("a", "one", null);
  keys.keepOwner("a", "another owner of a");
  expect([keys.ownerOf("a"), keys.linksOf("a")]).toEqual(["another owner of a", { two: "token two" }]);
  keys.forget("a");
  expect([keys.ownerOf("a"), keys.linksOf("a"), keys.ownerOf("b")]).toEqual([null, {}, "owner of b"]);
});

test("whether a link was one for writing is kept for times without a connection", () => {
  expect(keys.mayWrite("/link/a")).toBe(false);
  keys.keepMayWrite("/link/a", true);
  expect(keys.mayWrite("/link/a")).toBe(true);
  keys.keepMayWrite("/link/a", false);
  expect(keys.mayWrite("/link/a")).toBe(false);
});

test("of very many pads those are kept that were used last", () => {
  for (let i = 0; i < 300; i++) keys.keepOwner(`pad ${i}`, `owner ${i}`);
  expect([keys.ownerOf("pad 99"), keys.ownerOf("pad 100"), keys.ownerOf("pad 299")]).toEqual([null, "owner 100", "owner 299"]);
});

test.each([[{ a: 1 }], ["text"], [[null, 7, { links: 1 }]]])("what somebody else left there is passed over: %j", (left) => {
  kept = left;
  expect(keys.ownerOf("a")).toBeNull();
  keys.keepOwner("a", "owner");
  expect(keys.ownerOf("a")).toBe("owner");
});
