// @vitest-environment happy-dom
import { effect } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => vi.resetModules());
afterEach(() => vi.doUnmock("./language_catalogue"));

test("an id is its own name until the catalogue has come; then whoever reads it is told", async () => {
  const { extensionOf, isForeign, knownLanguage, languageName, languages, loadLanguages } = await import("./languages");
  const seen: unknown[] = [];
  effect(() => void seen.push([knownLanguage("js"), languageName("js"), isForeign("js"), extensionOf("js")]));
  expect(languages.value).toEqual([]);
  expect([knownLanguage(null), languageName(null), isForeign(null)]).toEqual(["plaintext", null, false]);
  expect([languageName("plaintext"), isForeign("plaintext"), extensionOf("plaintext")]).toEqual([null, false, null]);
  const [catalogue, again] = await Promise.all([loadLanguages(), loadLanguages()]);
  expect(again).toBe(catalogue);
  expect(languages.value).toBe(catalogue!.languages);
  expect(seen).toEqual([["js", "js", true, null], ["javascript", "JavaScript", false, "js"]]);
});

test("a catalogue that could not be loaded is tried again, and people are told", async () => {
  vi.doMock("./language_catalogue", () => {
    throw new Error("gone");
  });
  const { isChunkMissing, setLogLevel } = await import("../browser");
  setLogLevel("none");
  const { languageName, loadLanguages } = await import("./languages");
  expect(await loadLanguages()).toBeNull();
  expect(isChunkMissing.value).toBe(true);
  expect(languageName("python")).toBe("python");
  vi.doUnmock("./language_catalogue");
  expect(await loadLanguages()).not.toBeNull();
  expect(languageName("python")).toBe("Python");
});
