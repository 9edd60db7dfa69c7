/** Of the answer's password and the socket's, the newer one holds. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Protection, ProtectionError } from "./protection";

let answer: (response: Response | Promise<never>) => void;
let protection: Protection;
let owner: string | null = null;
const fetched = vi.fn(() => new Promise<Response>((resolve) => (answer = resolve)));

beforeEach(() => {
  fetched.mockClear();
  owner = null;
  vi.stubGlobal("fetch", fetched);
  protection = new Protection("http://h/", "a b", null, () => ({ user_id: 1, user_name: "Me", client: "c" }), () => owner, (url, init) => fetch(url, init));
});

afterEach(() => vi.unstubAllGlobals());

test("the answer counts where the socket says nothing, and the next request knows it", async () => {
  const on = protection.switchOn();
  answer(Response.json({ otp: "one" }));
  await on;
  expect(protection.otp.value).toBe("one");
  const off = protection.switchOff();
  const [url, { method, body }] = fetched.mock.calls[1] as unknown as [URL, { method: string; body: string }];
  expect([method, url.href]).toEqual(["DELETE", "http://h/api/document/a%20b/protect"]);
  expect(JSON.parse(body)).toEqual({ user_id: 1, user_name: "Me", client: "c", otp: "one" });
  answer(new Response(null, { status: 204 }));
  await off;
  expect(protection.otp.value).toBeNull();
});

test("regression: a late answer does not take back what the socket said since", async () => {
  const on = protection.switchOn();
  protection.hear("one"); // ours
  protection.hear("two"); // somebody has replaced it at once
  answer(Response.json({ otp: "one" }));
  await on;
  expect(protection.otp.value).toBe("two");
});

test("a refusal changes nothing and says why", async () => {
  const on = protection.switchOn();
  answer(Response.json({ code: "forbidden" }, { status: 403 }));
  await expect(on).rejects.toEqual(new ProtectionError("forbidden"));
  const again = protection.switchOn();
  answer(Promise.reject(new TypeError("no network")));
  await expect(again).rejects.toEqual(new ProtectionError("unreachable"));
  expect(protection.otp.value).toBeNull();
});

test("the owner asks by the token, whatever the password is", async () => {
  owner = "token-of-the-owner----";
  const off = protection.switchOff();
  const [, { headers }] = fetched.mock.calls[0] as unknown as [URL, { headers: Record<string, string> }];
  expect(headers.Authorization).toBe("Bearer token-of-the-owner----");
  answer(new Response(null, { status: 204 }));
  await off;
});
