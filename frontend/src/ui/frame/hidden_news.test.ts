// @vitest-environment happy-dom
/** A tab that nobody looks at says that something has changed in it, and nothing else. */

import { signal } from "@preact/signals";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { setSettings } from "../../browser";
import type { Notice } from "../../session";
import { frameWords } from "../base/frame_words";
import type { Pad } from "../pad/pad";
import { nameTab } from "../pad/tab_name";
import { watchHidden } from "./hidden_news";

let isHidden = false;
let changes = signal(0);
let isLoaded = signal(true);
let tell: (notice: Notice) => void;
let stop: () => void;
let shown: [string, { body: string; tag: string }][];

function look(hidden: boolean): void {
  isHidden = hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}

function watch(): void {
  const session = { isLoaded, padId: "pad", onNotice: (listener: typeof tell) => ((tell = listener), () => {}) };
  const pad = { session, editor: signal({ changes }), title: signal("Notes") };
  stop = watchHidden(pad as unknown as Pad);
}

beforeAll(() => frameWords.load());

beforeEach(() => {
  vi.spyOn(document, "hidden", "get").mockImplementation(() => isHidden);
  document.head.innerHTML = '<link rel="icon" href="./favicon.svg">';
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("<svg></svg>")));
  shown = [];
  vi.stubGlobal(
    "Notification",
    class extends EventTarget {
      static permission = "granted";
      constructor(title: string, what: { body: string; tag: string }) {
        super();
        shown.push([title, what]);
      }
    },
  );
  setSettings({ tellOfJoins: false });
  [isHidden, changes, isLoaded] = [false, signal(0), signal(true)];
  nameTab("Notes");
});

afterEach(() => {
  stop();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("the name of the tab", () => {
  test("has a mark from a change while it is hidden until it is looked at, whatever the title becomes", () => {
    watch();
    changes.value++;
    expect(document.title).toBe("Notes – Kolabpad");
    look(true);
    expect(document.title).toBe("Notes – Kolabpad");
    changes.value++;
    expect(document.title).toBe("● Notes – Kolabpad");
    nameTab("Minutes");
    expect(document.title).toBe("● Minutes – Kolabpad");
    look(false);
    expect(document.title).toBe("Minutes – Kolabpad");
    changes.value++;
    expect(document.title).toBe("Minutes – Kolabpad");
  });

  test("has none for the text that a tab begins with that was opened behind others", () => {
    isHidden = true;
    isLoaded.value = false;
    watch();
    changes.value++;
    isLoaded.value = true;
    expect(document.title).toBe("Notes – Kolabpad");
    changes.value++;
    expect(document.title).toBe("● Notes – Kolabpad");
  });

  test("and so has its picture", async () => {
    const href = () => document.querySelector("link")!.getAttribute("href")!;
    watch();
    look(true);
    changes.value++;
    await vi.waitFor(() => expect(href()).toMatch(/^data:image\/svg\+xml,.*circle/));
    look(false);
    expect(href()).toBe("./favicon.svg");
  });
});

describe("the system tells that somebody came", () => {
  test.each([
    ["whoever wants it and looks elsewhere", true, true, 1],
    ["nobody who does not want it", false, true, 0],
    ["nobody who sees it anyway", true, false, 0],
  ])("%s", (_, tellOfJoins, hidden, count) => {
    setSettings({ tellOfJoins });
    watch();
    look(hidden);
    tell({ kind: "joined", who: "Bob" });
    tell({ kind: "left", who: "Bob" });
    expect(shown).toHaveLength(count);
    if (count) expect(shown[0]).toMatchObject(["Notes", { body: expect.stringContaining("Bob") as string, tag: "pad" }]);
  });

  test("by the service worker, where the browser has them from there alone", async () => {
    const postMessage = vi.fn();
    vi.stubGlobal("navigator", { serviceWorker: { getRegistration: async () => ({ active: { postMessage } }) } });
    vi.stubGlobal("Notification", Object.assign(() => { throw new TypeError("Illegal constructor"); }, { permission: "granted" }));
    setSettings({ tellOfJoins: true });
    watch();
    look(true);
    tell({ kind: "joined", who: "Bob" });
    const options = expect.objectContaining({ body: expect.stringContaining("Bob") as string }) as object;
    await vi.waitFor(() => expect(postMessage).toHaveBeenCalledWith({ notice: { title: "Notes", options } }));
  });
});
