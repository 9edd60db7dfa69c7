// @vitest-environment happy-dom
/** The texts of recent pads: what is kept of them, what is shown of them, and when they go. */

import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { forgetPad, rememberPad, setLogLevel, setSettings } from "./browser";
import { savedTexts } from "./browser/saved_texts";
import { initKernel } from "./kernel";
import { followOffline } from "./offline";
import { type EditorPort, Session } from "./session";
import { FakeSocket } from "./testing/fake_socket";
import { kernelBytes } from "./testing/kernel_bytes";
import { noEditor } from "./testing/no_editor";
import { applied } from "./testing/simulated_tab";

const WELCOME = {
  user_id: 4, epoch: "e", revision: 3, resumed: false, committed: 0, access: "edit", language: "python",
  otp: null as string | null, limits: { document_bytes: 1000, message_bytes: 2000 }, created_at: 0, expires_at: null, server: "s",
};

let session: Session;
let text: string;

/** A visit of the pad, by an address with that password, or none. */
function visit(otp: string | null = null, isNew = false): void {
  text = "";
  const editor: EditorPort = { ...noEditor, applyRemote: (changes) => void (text = applied(text, changes)) };
  session = new Session("pad", otp, "https://host/");
  session.start(editor);
  followOffline(session, isNew);
}

const hear = (message: unknown) => {
  FakeSocket.last.says(JSON.stringify(message));
  vi.advanceTimersByTime(100);
};

function join(what: string, welcome: Partial<typeof WELCOME> = {}): void {
  FakeSocket.last.opens();
  hear({ Welcome: { ...WELCOME, ...welcome } });
  hear({ Snapshot: { revision: 3, text: what } });
}

/** Lets the time pass in which a text is looked at twice, and what is written is written. */
async function pass(ms = 25_000): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  for (let n = 0; n < 30; n++) await new Promise((resolve) => setImmediate(resolve));
}

const kept = () => savedTexts.get("pad", Date.now());

beforeAll(() => {
  setLogLevel("none");
  return initKernel(kernelBytes());
});

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "requestAnimationFrame", "Date"] });
  vi.stubGlobal("WebSocket", FakeSocket);
  localStorage.clear();
  forgetPad("pad");
  setSettings({ keepTexts: true });
});

afterEach(() => {
  session.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a text is kept", () => {
  test("of a pad that this browser remembers, with where its history was", async () => {
    visit();
    join("hello");
    rememberPad({ id: "pad", title: "hello" });
    await pass();
    expect(await kept()).toMatchObject({ text: "hello", epoch: "e", revision: 3, language: "python", expiresAtMs: Infinity });
  });

  test("not of one that it does not remember", async () => {
    visit();
    join("hello");
    await pass();
    expect(await kept()).toBeNull();
  });

  test("of a protected one only together with its password", async () => {
    visit("secret");
    join("hello", { otp: "secret" });
    rememberPad({ id: "pad", title: "hello", otp: null });
    await pass();
    expect(await kept()).toBeNull();
    rememberPad({ id: "pad", title: "hello", otp: "secret" });
    await pass();
    expect((await kept())?.text).toBe("hello");
  });

  test("without what the server does not have", async () => {
    visit();
    join("hello");
    rememberPad({ id: "pad", title: "hello" });
    session.edit([{ from: 0, to: 0, insert: "unsent " }]);
    await pass();
    expect((await kept())?.text).toBe("hello");
  });
});

describe("a text goes", () => {
  beforeEach(async () => {
    visit("secret");
    join("hello", { otp: "secret" });
    rememberPad({ id: "pad", title: "hello", otp: "secret" });
    await pass();
    expect((await kept())?.text).toBe("hello");
  });

  test("with its pad in the list", async () => {
    forgetPad("pad");
    await pass(0);
    expect(await kept()).toBeNull();
  });

  test("when nothing is to be kept any more", async () => {
    setSettings({ keepTexts: false });
    await pass(0);
    expect(await kept()).toBeNull();
  });

  test("when the server does not take the password any more", async () => {
    FakeSocket.last.ends(4401);
    await pass(0);
    expect(await kept()).toBeNull();
  });
});

describe("without the server", () => {
  const before = { padId: "pad", epoch: "e", revision: 3, text: "hello", language: "python", savedAtMs: 0, expiresAtMs: Infinity };

  beforeEach(async () => {
    vi.setSystemTime(5_000_000);
    rememberPad({ id: "pad", title: "hello" });
    await savedTexts.put({ ...before, savedAtMs: Date.now() - 1000 });
  });

  test("the text is shown, can be typed in, and what was typed is sent once, as to the server's own", async () => {
    visit();
    FakeSocket.last.ends(1006);
    await pass(0);
    expect(text).toBe("hello");
    expect([session.isReadOnly.value, session.kept.asOf.value, session.language.value]).toEqual([false, 4_999_000, "python"]);
    session.edit([{ from: 5, to: 5, insert: "!" }]);
    expect(session.unsaved.value).toBe(1);
    session.reconnectNow();
    FakeSocket.last.opens();
    expect(FakeSocket.last.sentAs("Hello")).toMatchObject([{ epoch: "e", revision: 3 }]);
    hear({ Welcome: { ...WELCOME, revision: 4, resumed: true } });
    hear({ History: { start: 3, operations: [{ id: 9, operation: ["oh ", 5] }] } });
    expect(text).toBe("oh hello");
    expect(FakeSocket.last.sentAs("Edit")).toEqual([{ revision: 4, operation: [8, "!"] }]);
    expect(session.kept.asOf.value).toBeNull();
  });

  test("it is not shown where the server has one to give, however late", async () => {
    visit();
    FakeSocket.last.opens();
    await pass(3_000);
    expect(session.isLoaded.value).toBe(false);
    join("newer");
    await pass();
    expect([text, session.kept.asOf.value]).toEqual(["newer", null]);
  });

  test("nor to whoever has another password, nor where nothing is to be kept", async () => {
    visit("guessed");
    FakeSocket.last.ends(1006);
    await pass(0);
    expect(session.isLoaded.value).toBe(false);
    session.close();
    setSettings({ keepTexts: false });
    visit();
    FakeSocket.last.ends(1006);
    await pass(0);
    expect(session.isLoaded.value).toBe(false);
  });

  test("a pad whose name this page made up can be begun; another that is not known cannot", async () => {
    forgetPad("pad");
    visit(null, false);
    FakeSocket.last.ends(1006);
    await pass(0);
    expect(session.isReadOnly.value).toBe(true);
    session.close();
    visit(null, true);
    FakeSocket.last.ends(1006);
    await pass(0);
    session.edit([{ from: 0, to: 0, insert: "new" }]);
    session.reconnectNow();
    join("");
    expect(FakeSocket.last.sentAs("Edit")).toEqual([{ revision: 3, operation: ["new"] }]);
  });
});
