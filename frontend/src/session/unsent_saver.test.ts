// @vitest-environment happy-dom
/** Unsent changes are written down late, and before anything more is sent. */

import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { initKernel } from "../kernel";
import { FakeSocket } from "../testing/fake_socket";
import { kernelBytes } from "../testing/kernel_bytes";
import { noEditor } from "../testing/no_editor";
import { browserEnvironment } from "./environment";
import { Session } from "./session";
import { setLogLevel, type UnsentRecord, UnsentStore, unsentStore } from "../browser";

const ME = 4;
const WELCOME = {
  user_id: ME, epoch: "e", revision: 0, resumed: false, committed: 0, access: "edit", language: null,
  otp: null, limits: { document_bytes: 1000, message_bytes: 2000 }, created_at: 0, expires_at: null, server: "s",
};

let session: Session;

const sent = () => FakeSocket.last.sentAs("Edit");
const hear = (message: unknown) => {
  FakeSocket.last.says(JSON.stringify(message));
  vi.advanceTimersByTime(100);
};
const echo = (start: number, operation: (number | string)[]) => hear({ History: { start, operations: [{ id: ME, operation }] } });
const type = (at: number, insert: string) => session.edit([{ from: at, to: at, insert }]);
/** The record that the next visit would find. */
const record = async (): Promise<UnsentRecord | null> => (await unsentStore.all())[0] ?? null;

/** Long enough for something to be written down, whatever it is. */
async function written(): Promise<void> {
  await vi.advanceTimersByTimeAsync(600);
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
}

beforeAll(() => {
  setLogLevel("none");
  return initKernel(kernelBytes());
});

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "requestAnimationFrame", "Date"] });
  vi.stubGlobal("WebSocket", FakeSocket);
  session = new Session("pad", null, "https://host/");
  session.start(noEditor);
  FakeSocket.last.opens();
  hear({ Welcome: WELCOME });
  hear({ Snapshot: { revision: 0, text: "" } });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what is acknowledged soon is never written down, and sent at once", async () => {
  type(0, "a");
  expect(sent()).toHaveLength(1);
  echo(0, ["a"]);
  type(1, "b");
  expect(sent()).toHaveLength(2);
  expect(await record()).toBeNull();
});

describe("once something is written down", () => {
  beforeEach(async () => {
    type(0, "a");
    type(1, "b");
    await written();
  });

  test("it is what a next visit finds", async () => {
    expect((await record())?.kept).toMatchObject({ revision: 0, inflight: { operation: ["a"] }, buffer: { operation: [1, "b"] } });
  });

  describe("regression: the whole text is not written for nothing", () => {
    const put = vi.spyOn(IDBObjectStore.prototype, "put");
    beforeEach(() => void put.mockClear());

    test("when nothing has changed", async () => {
      await vi.advanceTimersByTimeAsync(60_000);
      await written();
      expect(put).not.toHaveBeenCalled();
      type(2, "c");
      await written();
      expect(put).toHaveBeenCalledOnce();
    });

    test("when there is something newer, and the disk is slow", async () => {
      for (let n = 0; n < 10; n++) {
        type(2 + n, "c");
        vi.advanceTimersByTime(500); // no write can end meanwhile
      }
      await written();
      expect(put.mock.calls.length).toBeLessThanOrEqual(2);
      expect((await record())?.changes).toBe(12);
    });
  });

  describe("regression: a page that slept while another took its record over", () => {
    beforeEach(async () => {
      const tabs = { hasLocks: false, isGone: () => Promise.resolve(true), claim: () => {} };
      const another = new UnsentStore({ tabs });
      expect(await another.claim("pad", Date.now())).not.toBeNull();
    });

    test("says no Hello under their token", async () => {
      FakeSocket.last.ends(1006);
      session.retryConnection();
      FakeSocket.last.opens();
      await written();
      expect(FakeSocket.last.sentAs("Hello")).toEqual([]);
      expect(session.link.value).toMatchObject({ kind: "stopped", reason: "replaced" });
    });

    test("writes nothing over it", async () => {
      type(2, "c");
      await written();
      expect(await record()).toMatchObject({ changes: 2, claimedAtMs: expect.any(Number) });
      expect(session.link.value).toMatchObject({ kind: "stopped", reason: "replaced" });
    });
  });

  test("a browser that was emptied is written to again, where locks tell that it was nobody else", async () => {
    vi.stubGlobal("navigator", { locks: { request: () => Promise.resolve() } });
    vi.stubGlobal("indexedDB", new IDBFactory());
    type(2, "c");
    await written();
    expect((await record())?.changes).toBe(3);
    expect(session.link.value.kind).toBe("up");
  });

  describe("a page that is left says so", () => {
    beforeEach(() => session.onPageHide());

    test("and stays with it for as long as it still runs", async () => {
      expect((await record())?.isLeft).toBe(true);
      await written();
      expect((await record())?.isLeft).toBe(true);
      session.onBeforeUnload();
      await written();
      expect((await record())?.isLeft).toBe(true);
      echo(0, ["a"]); // what comes next is written down before it is sent
      await written();
      expect(sent()).toHaveLength(2);
      expect(await record()).toMatchObject({ isLeft: true, kept: { revision: 1 } });
    });

    test("and takes it back when it is shown again", async () => {
      vi.stubGlobal("fetch", () => Promise.reject(new Error("the server is away")));
      await session.onPageRestored();
      await written();
      expect((await record())?.isLeft).toBe(false);
    });
  });

  test("regression: no edit is sent before the record has it, so that none is ever taken for unsent", async () => {
    echo(0, ["a"]);
    expect(sent()).toHaveLength(1);
    await written();
    expect(sent()).toEqual([{ revision: 0, operation: ["a"] }, { revision: 1, operation: [1, "b"] }]);
    expect((await record())?.kept).toMatchObject({ revision: 1, inflight: { operation: [1, "b"] }, buffer: null });
  });

  test("an edit that waits for it when the connection ends is sent on the next one, once", async () => {
    echo(0, ["a"]);
    FakeSocket.last.ends(1006);
    session.retryConnection();
    FakeSocket.last.opens();
    await written();
    expect(sent()).toEqual([]);
    hear({ Welcome: { ...WELCOME, resumed: true, committed: 1, revision: 1 } });
    hear({ History: { start: 1, operations: [] } });
    await written();
    expect(sent()).toEqual([{ revision: 1, operation: [1, "b"] }]);
  });

  test("nothing is left of it when all is acknowledged", async () => {
    echo(0, ["a"]);
    await written();
    echo(1, [1, "b"]);
    await written();
    expect(await record()).toBeNull();
    type(2, "c");
    expect(sent()).toHaveLength(3);
  });

  test("a browser that cannot write any more, or never ends, holds nothing up", async () => {
    vi.stubGlobal("indexedDB", { open: () => ({ addEventListener: () => {} }) });
    echo(0, ["a"]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1500);
    expect(sent()).toHaveLength(2);
  });
});

test("regression: nothing goes before the Hello of the next connection, however long the record takes", async () => {
  let wrote = (): void => {};
  let isOurs = (): void => {};
  const unsent = {
    isExclusive: false,
    put: () => new Promise<boolean>((resolve) => (wrote = () => resolve(true))),
    isOurs: () => new Promise<boolean>((resolve) => (isOurs = () => resolve(true))),
    remove: () => Promise.resolve(),
  };
  session = new Session("pad", null, "https://host/", { environment: { ...browserEnvironment, unsent } });
  session.start(noEditor);
  FakeSocket.last.opens();
  hear({ Welcome: WELCOME });
  hear({ Snapshot: { revision: 0, text: "" } });
  type(0, "a");
  type(1, "b");
  const then = async (happens: () => void) => (happens(), vi.advanceTimersByTimeAsync(0));
  await vi.advanceTimersByTimeAsync(600);
  await then(wrote);
  await then(() => echo(0, ["a"])); // what is left waits for its record
  FakeSocket.last.ends(1006);
  session.retryConnection();
  FakeSocket.last.opens();
  await then(wrote);
  await then(isOurs);
  expect(FakeSocket.last.sent).toHaveLength(1);
  expect(FakeSocket.last.sentAs("Hello")).toHaveLength(1);
});
