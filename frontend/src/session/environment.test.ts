/** The session, its transport and the store of unsent changes under plain Node: no page, several tabs in one process. */

import { signal } from "@preact/signals";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { afterEach, beforeAll, expect, test } from "vitest";
import { setLogLevel, Tabs, TABS_TIMING, UnsentStore } from "../browser";
import { systemClock } from "../clock";
import { initKernel } from "../kernel";
import { FakeSocket } from "../testing/fake_socket";
import { kernelBytes } from "../testing/kernel_bytes";
import { noEditor } from "../testing/no_editor";
import type { Socket } from "../transport";
import { type Environment, Session, TIMING } from ".";

const WELCOME = {
  user_id: 1, epoch: "e", revision: 0, resumed: false, committed: 0, access: "edit", language: null,
  otp: null, limits: { document_bytes: 1000, message_bytes: 2000 }, created_at: 0, expires_at: null, server: "s",
};

/** A browser: its tabs share the records and the channel, and nothing else. */
const records = new IDBFactory();
const opened: Tabs[] = [];

interface SimulatedTab {
  environment: Environment;
  store: UnsentStore;
  leave: () => void;
}

function tab(): SimulatedTab {
  const stored = new Map<string, unknown>();
  const perTab = new Map<string, string>();
  const events = new EventTarget();
  const page = {
    isHidden: () => false,
    nextFrame: (run: () => void) => void setTimeout(run, 5),
    reload: () => {},
    addEventListener: events.addEventListener.bind(events),
  };
  const tabs = new Tabs({
    openChannel: (name) => new BroadcastChannel(name),
    locks: () => undefined,
    page,
    clock: systemClock,
    timing: { ...TABS_TIMING, answerMs: 400 },
  });
  opened.push(tabs);
  const store = new UnsentStore({ databases: () => records, tabs });
  const environment: Environment = {
    clock: systemClock,
    random: () => 0.5,
    openSocket: (url, protocol) => new FakeSocket(url, protocol) as unknown as Socket,
    fetch: () => Promise.reject(new Error("no server")),
    page,
    tabs,
    unsent: store,
    storage: { read: (key) => stored.get(key) ?? null, write: (key, value) => void stored.set(key, value) },
    tabStorage: () => ({
      getItem: (key) => perTab.get(key) ?? null,
      setItem: (key, value) => void perTab.set(key, value),
      removeItem: (key) => void perTab.delete(key),
    }),
    storageTrouble: signal({ settings: false, unsent: false }),
    askedName: "Ann",
    // A machine that is busy is no browser that cannot write.
    timing: { ...TIMING, writeTimeoutMs: 20_000 },
  };
  return { environment, store, leave: () => void events.dispatchEvent(new Event("pagehide")) };
}

const hear = (message: unknown) => FakeSocket.last.says(JSON.stringify(message));

beforeAll(() => {
  setLogLevel("none");
  globalThis.IDBKeyRange ??= IDBKeyRange;
  return initKernel(kernelBytes());
});

afterEach(() => opened.splice(0).forEach((tabs) => tabs.close()));

test("a session types, is left, and the next tab of the browser goes on as it", async () => {
  expect(globalThis.document).toBeUndefined();
  const first = tab();
  const session = new Session("pad", null, "http://127.0.0.1:1/", { environment: first.environment });
  session.start(noEditor);
  FakeSocket.last.opens();
  const [{ client }] = FakeSocket.last.sentAs("Hello") as [{ client: string }];
  expect(FakeSocket.last.sentAs("Hello")).toMatchObject([{ name: "Ann", revision: 0 }]);
  hear({ Welcome: WELCOME });
  hear({ Snapshot: { revision: 0, text: "" } });
  session.edit([{ from: 0, to: 0, insert: "kept" }]);
  expect(FakeSocket.last.sentAs("Edit")).toEqual([{ revision: 0, operation: ["kept"] }]);

  // A living tab keeps what it has.
  const second = tab();
  await expect.poll(() => second.store.all()).toHaveLength(1);
  expect(await second.store.claim("pad", Date.now())).toBeNull();

  first.leave();
  expect(await session.onPageHide()).toBe(true);
  session.close();
  const draft = await second.store.claim("pad", Date.now());
  expect(draft).toMatchObject({ token: client, padId: "pad", changes: 1 });
  const next = new Session("pad", null, "http://127.0.0.1:1/", { draft, environment: second.environment });
  next.start(noEditor);
  FakeSocket.last.opens();
  await expect.poll(() => FakeSocket.last.sentAs("Hello")).toMatchObject([{ client, epoch: "e", revision: 0 }]);
  hear({ Welcome: { ...WELCOME, resumed: true, committed: 1, revision: 1 } });
  hear({ History: { start: 0, operations: [{ id: 1, operation: ["kept"] }] } });
  await expect.poll(() => next.unsaved.value).toBe(0);
  expect(next.localText()).toBe("kept");
  await expect.poll(() => second.store.all()).toEqual([]);
  next.close();
});

test("regression: an edit that waits for its record when the connection ends is not said on the next one", async () => {
  const { environment } = tab();
  const writes: (() => void)[] = [];
  const unsent = {
    isExclusive: true,
    isOurs: () => Promise.resolve(true),
    put: () => new Promise<boolean>((resolve) => writes.push(() => resolve(true))),
    remove: () => Promise.resolve(),
  };
  const timing = { ...environment.timing, saveEveryMs: 5, backoff: { ...environment.timing.backoff, firstMs: 5 } };
  const session = new Session("pad", null, "http://127.0.0.1:1/", { environment: { ...environment, unsent, timing } });
  session.start(noEditor);
  FakeSocket.last.opens();
  hear({ Welcome: WELCOME });
  hear({ Snapshot: { revision: 0, text: "" } });
  session.edit([{ from: 0, to: 0, insert: "first " }]);
  await expect.poll(() => writes).toHaveLength(1); // from now on every edit waits until it is written down
  session.edit([{ from: 6, to: 6, insert: "second" }]);
  writes.shift()!();
  hear({ History: { start: 0, operations: [{ id: 1, operation: ["first "] }] } });
  await expect.poll(() => writes).toHaveLength(1);
  expect(FakeSocket.last.sentAs("Edit")).toHaveLength(1);

  const before = FakeSocket.all.length;
  FakeSocket.last.ends(1006);
  await expect.poll(() => FakeSocket.all.length).toBeGreaterThan(before);
  FakeSocket.last.readyState = FakeSocket.OPEN; // as it is before anybody hears of it
  writes.shift()!();
  await new Promise((resolve) => void setTimeout(resolve, 20));
  expect(FakeSocket.last.sent).toEqual([]);
  FakeSocket.last.opens();
  expect(FakeSocket.last.sent.map((text) => Object.keys(JSON.parse(text) as object))).toEqual([["Hello"]]);
  session.close();
});
