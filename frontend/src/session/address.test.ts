import { expect, test } from "vitest";
import { hashOf, newClientToken, newPadId, padIdProblem, parseAddress } from "./address";

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
])("%s%s is pad %j with password %j", (hash, search, id, otp) => {
  expect(parseAddress(hash, search)).toEqual({ id, otp });
});

test("an address survives its own writing", () => {
  for (const id of ["pad", "a b&c?d=e", "日本😀", "100%", "#"]) {
    for (const otp of [null, "Ab-_9", "a&b=c d+e"]) {
      expect(parseAddress(hashOf({ id, otp }), "")).toEqual({ id, otp });
    }
  }
});

test("ids and tokens are long, random and fit for the wire", () => {
  expect(newPadId()).toMatch(/^[\w-]{16}$/);
  expect(newClientToken()).toMatch(/^[\w-]{22}$/);
  expect(new Set(Array.from({ length: 100 }, newPadId)).size).toBe(100);
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
