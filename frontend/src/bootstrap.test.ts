// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeSocket } from "./testing/fake_socket";
import { bootstrap } from "./bootstrap";
import { unsentStore } from "./browser/unsent_store";

const at = (hash: string) => bootstrap({ hash, search: "" } as Location, "https://host/base/");

beforeEach(() => {
  FakeSocket.all = [];
  vi.stubGlobal("WebSocket", FakeSocket);
});

afterEach(() => vi.unstubAllGlobals());

test("the socket is on its way before anything else is, the password not in its address", async () => {
  const { padId, otp, problem, left } = at("#my%20pad&otp=pw");
  expect({ padId, otp, problem }).toEqual({ padId: "my pad", otp: "pw", problem: null });
  expect(FakeSocket.all.map(({ url }) => url)).toEqual(["wss://host/base/api/socket/my%20pad"]);
  expect(FakeSocket.last.protocol).toBe("kolabpad.v2");
  expect(await left).toEqual({ record: null });
});

test("a page without a pad's name opens a new one", () => {
  const { padId, problem } = at("");
  expect(problem).toBeNull();
  expect(padId).toMatch(/^[\w-]{16}$/);
  expect(FakeSocket.last.url).toMatch(new RegExp(`/api/socket/${padId}$`));
});

test("a name that no server takes opens nothing", async () => {
  const { problem, socket, left } = at("#a/b");
  expect(problem).toBe("slash");
  expect(socket).toBeNull();
  expect(FakeSocket.all).toEqual([]);
  expect(await left).toEqual({ record: null });
});

test("what an earlier visit left is found meanwhile", async () => {
  const kept = { epoch: null, revision: 0, serverText: "", inflight: null, buffer: null, since: null };
  const record = { token: "t", padId: "p", isLeft: true, claimedAtMs: 0, savedAtMs: 1, changes: 2, kept };
  await unsentStore.put(record, true);
  expect((await at("#p").left).record).toMatchObject({ token: "t", changes: 2 });
});

test("a browser that keeps nothing is no error", async () => {
  vi.stubGlobal("indexedDB", undefined);
  const { record, trouble } = await at("#p").left;
  expect(record).toBeNull();
  expect(trouble).toBeInstanceOf(Error);
});

test("regression: a browser whose database never answers does not keep the pad from opening", async () => {
  vi.useFakeTimers();
  vi.stubGlobal("indexedDB", { open: () => ({ addEventListener: () => {} }) });
  const { left } = at("#p");
  await vi.advanceTimersByTimeAsync(3_000);
  vi.useRealTimers();
  expect(await left).toEqual({ record: null, trouble: expect.any(Error) });
});
