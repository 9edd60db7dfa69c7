/** Requests about links and the owner: what is said to the server, what is kept, and what becomes of a no. */

import { signal } from "@preact/signals";
import { beforeEach, expect, test, vi } from "vitest";
import { Keyring } from "../browser";
import { PadRights } from "./pad_rights";
import type { RightsError } from "./requests";

const LINK = { id: "abcdefghijkl", role: "view", name: "Class 7b", created_at: 5, expires_at: null, last_used_at: null };
let answer: () => Promise<Response>;
const fetched = vi.fn((_url: URL, _init: RequestInit) => answer());
let keys: Keyring;
let rights: PadRights;
const owner = signal<string | null>(null);
const acceptedOtp = signal<string | null>(null);
const own = vi.fn<(token: string) => void>();

const request = () => {
  const [url, init] = fetched.mock.lastCall!;
  const { Authorization = null, "Content-Type": type = null } = init.headers as Record<string, string>;
  return { what: `${init.method} ${url.href}`, by: Authorization, type, body: init.body === undefined ? null : JSON.parse(init.body as string) };
};
const says = (status: number, body: unknown) => (answer = async () => Response.json(body, { status }));
const codeOf = (failing: Promise<unknown>) => failing.then(() => null, (error: RightsError) => error.code);

beforeEach(() => {
  vi.clearAllMocks();
  let kept: unknown = null;
  keys = new Keyring({ read: () => kept, write: (_, value) => (kept = value) });
  [owner.value, acceptedOtp.value] = [null, null];
  const asking = { padId: "a b", access: { owner, own }, acceptedOtp, asker: () => ({ user_id: 1, user_name: "Me", client: "c" }) };
  rights = new PadRights(asking, "https://host/base/", fetched, keys);
});

test("a link is made by whoever may write, and its token is kept here alone", async () => {
  acceptedOtp.value = "password";
  says(201, { ...LINK, token: "t" });
  const made = await rights.makeLink({ role: "view", name: "Class 7b", expires_at: null, history: false, comments: false });
  expect(made.token).toBe("t");
  expect(request()).toEqual({
    what: "POST https://host/base/api/document/a%20b/links",
    by: "Bearer password",
    type: "application/json",
    body: { role: "view", name: "Class 7b", expires_at: null, history: false, comments: false },
  });
  expect([rights.tokenOf(LINK.id), rights.tokenOf("made elsewhere")]).toEqual(["t", null]);
});

test("the newest links come first; the owner asks as such, whatever the password is", async () => {
  [owner.value, acceptedOtp.value] = ["owner", "password"];
  says(200, [LINK, { ...LINK, id: "newer", created_at: 9 }]);
  expect((await rights.links()).map(({ id }) => id)).toEqual(["newer", LINK.id]);
  expect(request()).toEqual({ what: "GET https://host/base/api/document/a%20b/links", by: "Bearer owner", type: null, body: null });
});

test("a link that is withdrawn is forgotten, also where somebody else was quicker", async () => {
  keys.keepLink("a b", LINK.id, "t");
  answer = async () => new Response(null, { status: 204 });
  await rights.withdraw(LINK.id);
  expect(request().what).toBe("DELETE https://host/base/api/document/a%20b/links/abcdefghijkl");
  expect(rights.tokenOf(LINK.id)).toBeNull();
  keys.keepLink("a b", LINK.id, "t");
  says(404, { error: "", code: "not_found" });
  await rights.withdraw(LINK.id);
  expect(rights.tokenOf(LINK.id)).toBeNull();
});

test("a link stays known where it could not be withdrawn", async () => {
  keys.keepLink("a b", LINK.id, "t");
  says(403, { error: "", code: "owner_only" });
  expect(await codeOf(rights.withdraw(LINK.id))).toBe("owner_only");
  expect(rights.tokenOf(LINK.id)).toBe("t");
});

test("who takes charge says who they are, and has the token before anything else", async () => {
  says(201, { token: "owner" });
  await rights.takeCharge();
  expect(request()).toMatchObject({ what: "POST https://host/base/api/document/a%20b/owner", body: { user_id: 1, client: "c" } });
  expect(own).toHaveBeenCalledExactlyOnceWith("owner");
});

test("a pad that is deleted leaves no tokens", async () => {
  keys.keepOwner("a b", "owner");
  answer = async () => new Response(null, { status: 204 });
  await rights.remove();
  expect(request().what).toBe("DELETE https://host/base/api/document/a%20b");
  expect(keys.ownerOf("a b")).toBeNull();
});

test.each([
  ["the server's word", async () => Response.json({ error: "", code: "too_many_links" }, { status: 409 }), "too_many_links"],
  ["a proxy that speaks HTML", async () => new Response("<h1>", { status: 502 }), "internal"],
  ["an answer that is none", async () => new Response("<h1>", { status: 200 }), "internal"],
  ["silence", () => Promise.reject(new TypeError("failed")), "unreachable"],
])("why not: %s", async (_, how, code) => {
  answer = how;
  expect(await codeOf(rights.links())).toBe(code);
});
