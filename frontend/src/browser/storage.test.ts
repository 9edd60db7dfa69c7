// @vitest-environment happy-dom
/** The browser remembers settings and pads, and must not be fooled by what it finds. */

import { beforeEach, describe, expect, test, vi } from "vitest";

beforeEach(() => {
  localStorage.clear();
  vi.resetModules();
});

describe("settings", () => {
  test("are kept, and nonsense is as on the first visit", async () => {
    const first = await import("./settings");
    first.setSettings({ tabSize: 8, vim: true });
    vi.resetModules();
    const second = await import("./settings");
    expect(second.settings.value).toMatchObject({ tabSize: 8, vim: true, theme: "system" });
    localStorage.setItem("kolabpad.settings", '{"tabSize":-1,"theme":"<b>","wrap":"yes","fontSize":null}');
    vi.resetModules();
    const third = await import("./settings");
    expect(third.settings.value).toMatchObject({ tabSize: 4, theme: "system", wrap: true, fontSize: 14 });
  });
});

describe("regression: two tabs of one browser", () => {
  /** The module again, as another tab has it. */
  const inAnotherTab = async <Module>(load: () => Promise<Module>): Promise<Module> => {
    vi.resetModules();
    return load();
  };
  const tells = (key: string) => window.dispatchEvent(Object.assign(new Event("storage"), { key: `kolabpad.${key}` }));

  test("do not take back each other's settings, and follow them", async () => {
    const first = await import("./settings");
    const second = await inAnotherTab(() => import("./settings"));
    first.setSettings({ vim: true });
    second.setSettings({ tabSize: 8 });
    expect(second.settings.value).toMatchObject({ vim: true, tabSize: 8 });
    expect(first.settings.value).toMatchObject({ vim: true, tabSize: 4 });
    tells("settings");
    expect(first.settings.value).toMatchObject({ vim: true, tabSize: 8 });
  });

  test("do not take back each other's recent pads, and follow them", async () => {
    const first = await import("./recent_pads");
    const second = await inAnotherTab(() => import("./recent_pads"));
    first.rememberPad({ id: "a", title: "A" });
    second.rememberPad({ id: "b", title: "B" });
    tells("recent");
    for (const { recentPads } of [first, second]) expect(recentPads.value.map(({ id }) => id)).toEqual(["b", "a"]);
    first.forgetPad("a");
    second.rememberPad({ id: "b", title: "B, renamed" });
    expect(second.recentPads.value.map(({ id }) => id)).toEqual(["b"]);
  });

  test("where nothing can be written, a choice still holds for the visit", async () => {
    vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => { throw new DOMException("full", "QuotaExceededError"); } });
    const { settings, setSettings } = await import("./settings");
    setSettings({ vim: true });
    setSettings({ tabSize: 8 });
    vi.unstubAllGlobals();
    expect(settings.value).toMatchObject({ vim: true, tabSize: 8 });
  });
});

describe("the language of the page", () => {
  const ask = async (search: string, kept: object = {}) => {
    vi.resetModules();
    localStorage.setItem("kolabpad.settings", JSON.stringify(kept));
    vi.stubGlobal("location", { search });
    vi.stubGlobal("navigator", { languages: ["fr", "en"] });
    const { preferredLanguages } = await import("./settings");
    vi.unstubAllGlobals();
    return preferredLanguages;
  };

  test.each([
    ["", {}, ["fr", "en"]],
    ["", { locale: "system" }, ["fr", "en"]],
    ["", { locale: "tlh" }, ["fr", "en"]],
    ["", { locale: "de" }, ["de", "fr", "en"]],
    ["?lang=en", { locale: "de" }, ["en", "de", "fr", "en"]],
  ])("%j with %j kept: %j", async (search, kept, languages) => {
    const preferredLanguages = await ask(search, kept);
    vi.stubGlobal("navigator", { languages: ["fr", "en"] });
    expect(preferredLanguages()).toEqual(languages);
    vi.unstubAllGlobals();
  });
});

describe("a browser that keeps nothing", () => {
  test("is noticed when reading and when writing; nonsense is no trouble", async () => {
    localStorage.setItem("kolabpad.recent", "{");
    const fine = await import("./storage");
    expect(fine.readStored("recent")).toBeNull();
    expect(fine.storageTrouble.value).toEqual({ settings: false, unsent: false });

    vi.stubGlobal("localStorage", { setItem: () => { throw new DOMException("full", "QuotaExceededError"); } });
    fine.writeStored("settings", {});
    expect(fine.storageTrouble.value.settings).toBe(true);

    vi.resetModules();
    vi.stubGlobal("localStorage", undefined);
    const { settings } = await import("./settings");
    expect((await import("./storage")).storageTrouble.value.settings).toBe(true);
    expect(settings.value.tabSize).toBe(4);
    vi.unstubAllGlobals();
  });
});

describe("recent pads", () => {
  test("newest first, each once, a dozen at most, to be forgotten", async () => {
    const recent = await import("./recent_pads");
    for (let n = 0; n < 20; n++) recent.rememberPad({ id: `p${n}`, title: `Pad ${n}` });
    recent.rememberPad({ id: "p15", title: "Renamed" });
    expect(recent.recentPads.value).toHaveLength(12);
    expect(recent.recentPads.value[0]).toEqual({ id: "p15", title: "Renamed", at: expect.any(Number) });
    recent.forgetPad("p15");
    vi.resetModules();
    const again = await import("./recent_pads");
    expect(again.recentPads.value.map(({ id }) => id)).not.toContain("p15");
    expect(again.recentPads.value).toHaveLength(11);
  });

  test("regression: keep the password of a pad, until the pad is forgotten", async () => {
    const recent = await import("./recent_pads");
    recent.rememberPad({ id: "a", title: "A", otp: "pw" });
    recent.rememberPad({ id: "a", title: "A, renamed" }); // the password is not known just now
    vi.resetModules();
    const again = await import("./recent_pads");
    expect(again.rememberedPassword("a")).toBe("pw");
    expect(again.recentPads.value).toEqual([{ id: "a", title: "A, renamed", otp: "pw", at: expect.any(Number) }]);
    again.rememberPad({ id: "a", title: "A", otp: "new" });
    expect(again.rememberedPassword("a")).toBe("new");
    again.rememberPad({ id: "a", title: "A", otp: null });
    expect(again.rememberedPassword("a")).toBeNull();
    again.rememberPad({ id: "a", title: "A", otp: "pw" });
    again.forgetPad("a");
    expect(again.rememberedPassword("a")).toBeNull();
    expect(localStorage.getItem("kolabpad.recent")).toBe("[]");
  });

  test("with a password stay longer than the others", async () => {
    const recent = await import("./recent_pads");
    recent.rememberPad({ id: "secret", title: "S", otp: "pw" });
    for (let n = 0; n < 20; n++) recent.rememberPad({ id: `p${n}`, title: `Pad ${n}`, otp: null });
    expect(recent.rememberedPassword("secret")).toBe("pw");
    expect(recent.recentPads.value).toHaveLength(13);
    for (let n = 0; n < 120; n++) recent.rememberPad({ id: `s${n}`, title: `Pad ${n}`, otp: "pw" });
    expect(recent.recentPads.value).toHaveLength(100);
  });

  test("survive nonsense", async () => {
    localStorage.setItem("kolabpad.recent", '[null,{"id":""},{"id":"a"},{"id":"b","title":"B"},7]');
    const recent = await import("./recent_pads");
    expect(recent.recentPads.value).toEqual([{ id: "b", title: "B" }]);
  });
});

