/** Where requests about a pad go, by its id and by a link. */

import { signal } from "@preact/signals";
import { expect, test, vi } from "vitest";
import { PadRequests } from "./requests";

const LINK = "abcdefghijklmnopqrstuv";

function requestsOf(padId: string, answers: (path: string) => Response = () => new Response("text")) {
  const fetched = vi.fn(async (url: URL, _init: RequestInit) => answers(url.pathname));
  const asking = { padId, access: { owner: signal<string | null>(null) }, acceptedOtp: signal<string | null>("password") };
  const asked = () => fetched.mock.calls.map(([url, { method, headers }]) => [method, url.pathname, (headers as Record<string, string>)["Authorization"]]);
  return { requests: new PadRequests(asking, "https://host/base/", fetched), asked };
}

test("by its id the pad is asked about with its password", async () => {
  const { requests, asked } = requestsOf("a b");
  await requests.request("GET", "/history/3");
  expect(asked()).toEqual([["GET", "/base/api/document/a%20b/history/3", "Bearer password"]]);
});

test("by a link it is read by the link alone, and changed by the id that those are told who may write", async () => {
  const { requests, asked } = requestsOf(`/link/${LINK}`, (path) => (path.endsWith("/link") ? Response.json({ id: "a b" }) : new Response("")));
  await requests.request("GET", "/history/3");
  await requests.request("DELETE", "/history");
  expect(asked()).toEqual([
    ["GET", "/base/api/link/history/3", `Bearer ${LINK}`],
    ["GET", "/base/api/link", `Bearer ${LINK}`],
    ["DELETE", "/base/api/document/a%20b/history", `Bearer ${LINK}`],
  ]);
});

test("by a link for reading nothing is changed", async () => {
  const { requests, asked } = requestsOf(`/link/${LINK}`, () => Response.json({ role: "view" }));
  await expect(requests.request("DELETE", "/history")).rejects.toMatchObject({ code: "view_only" });
  expect(asked()).toHaveLength(1);
});

test("bytes are sent as they are, with the type that they have", async () => {
  const fetched = vi.fn(async (_url: URL, _init: RequestInit) => Response.json({ id: "x" }));
  const asking = { padId: "pad", access: { owner: signal<string | null>("own") }, acceptedOtp: signal<string | null>("password") };
  const body = new Blob(["bytes"], { type: "image/png" });
  expect(await new PadRequests(asking, "https://host/base/", fetched).answer("POST", "/images", body)).toEqual({ id: "x" });
  expect(fetched.mock.lastCall![1]).toEqual({ method: "POST", headers: { Authorization: "Bearer own", "Content-Type": "image/png" }, body });
});
