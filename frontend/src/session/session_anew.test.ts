// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from "vitest";
import { storageTrouble } from "../browser";
import { FakeSocket } from "../testing/fake_socket";
import { close, join, playSessions, sent, session, type } from "../testing/played_session";
import { Session } from ".";

playSessions();

describe("beginning anew", () => {
  const reload = vi.fn();
  const put = vi.fn();

  /** Another page of this browser: it takes the tab's token over. */
  async function anotherTabGoesOn(): Promise<void> {
    vi.useRealTimers();
    const [{ client }] = sent("Hello") as [{ client: string }];
    const channel = new BroadcastChannel("kolabpad.tabs");
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
    channel.postMessage({ kind: "taken", token: client });
    await vi.waitFor(() => expect(session.link.value.kind).toBe("stopped"));
    channel.close();
    vi.useFakeTimers();
  }

  beforeEach(() => {
    vi.spyOn(location, "reload").mockImplementation(reload.mockClear());
    vi.stubGlobal("indexedDB", { open: put.mockClear().mockReturnValue({ addEventListener: () => {} }) });
    sessionStorage.clear();
    storageTrouble.value = { settings: false, unsent: false };
  });

  test("regression: a tab whose text another one goes on with says nothing more under their token", async () => {
    join("ab");
    type(2, 2, "mine");
    await anotherTabGoesOn();
    expect(session.link.value).toMatchObject({ kind: "stopped", reason: "replaced" });
    const made = FakeSocket.all.length;
    session.reconnectNow();
    type(6, 6, "!");
    await session.onPageHide();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all).toHaveLength(made);
    expect(put).not.toHaveBeenCalled();
    expect(session.holdsOnlyCopy.value).toBe(true);

    session.retryConnection();
    await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
    expect(FakeSocket.all).toHaveLength(made);
    expect(session.holdsOnlyCopy.value).toBe(false); // so the reload is not warned about
    const next = new Session("my pad", "pw", "https://host/base/");
    next.unmerged.restoreFromLastPage();
    expect(next.unmerged.all.value).toEqual([{ text: "abmine!", why: "elsewhere" }]);
  });

  test("where the browser cannot keep the text over a reload, it stays", async () => {
    join("ab");
    type(2, 2, "mine");
    await anotherTabGoesOn();
    vi.stubGlobal("sessionStorage", undefined);
    session.retryConnection();
    await vi.advanceTimersByTimeAsync(0);
    expect(reload).not.toHaveBeenCalled();
    expect(session.unmerged.all.value).toEqual([{ text: "abmine", why: "elsewhere" }]);
    expect(session.holdsOnlyCopy.value).toBe(true);
  });

  test("regression: a page back from the browser's cache neither writes nor speaks before it reloads", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve({ ok: true }));
    join("ab");
    type(2, 2, "mine");
    const made = FakeSocket.all.length;
    await session.onPageRestored();
    expect(reload).toHaveBeenCalledOnce();
    expect(session.holdsOnlyCopy.value).toBe(false);
    await session.onPageHide(); // as the reload has it
    await vi.advanceTimersByTimeAsync(60_000);
    expect(put).not.toHaveBeenCalled();
    expect(FakeSocket.all).toHaveLength(made);
  });

  test("a page back from the cache goes on when nothing is unsent, when no other page can have it, or when there would be none", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no server")));
    join("ab");
    await session.onPageRestored();
    type(2, 2, "mine");
    await session.onPageRestored();
    storageTrouble.value = { settings: false, unsent: true };
    vi.stubGlobal("fetch", () => Promise.resolve({ ok: true }));
    await session.onPageRestored();
    expect(reload).not.toHaveBeenCalled();
    expect(session.unsaved.value).toBe(1);
  });

  test("a tab that the server calls replaced writes down what is unsent before it begins anew", async () => {
    join("ab");
    type(2, 2, "mine");
    for (let times = 0; times < 2; times++) {
      close(1000);
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect(session.link.value).toMatchObject({ kind: "stopped", reason: "replaced" });
    session.retryConnection();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(put).toHaveBeenCalled();
    expect(reload).toHaveBeenCalledOnce();
    expect(session.unmerged.all.value).toEqual([{ text: "abmine", why: "elsewhere" }]); // since that did not end
  });

  test("regression: an edit that breaks the copy is not swallowed; the editor's text is kept, and a fresh copy taken", () => {
    join("ab");
    const broken = [{ from: 2, to: 2, insert: "x" }, { from: 0, to: 0, insert: "y" }]; // not in order
    expect(() => session.edit(broken)).toThrow();
    session.editFailed(new Error("by an edit"), "yabx");
    expect(reload).toHaveBeenCalledOnce();
    const next = new Session("my pad", "pw", "https://host/base/");
    next.unmerged.restoreFromLastPage();
    expect(next.unmerged.all.value).toEqual([{ text: "yabx", why: "broken" }]);
  });

  test("a lost text that is in the pad again is not lost", () => {
    session.unmerged.add("found", "elsewhere");
    join("found");
    expect(session.unmerged.all.value).toEqual([]);
  });
});
