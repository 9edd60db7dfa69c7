// @vitest-environment happy-dom
/** Regression: where the code did not come, the page was a greeting for ever, and did not say so. */

import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { de } from "./strings/de";
import { en } from "./strings/en";
import { FakeSocket } from "./testing/fake_socket";

const html = readFileSync("index.html", "utf8");
const styles = readFileSync("src/ui/style/layout.css", "utf8");

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("WebSocket", FakeSocket);
  document.body.innerHTML = /<body>([^]*)<\/body>/.exec(html)![1]!;
});

afterEach(() => vi.unstubAllGlobals());

test("the sentence is in the page itself, for no script may come, and the style sheet shows it later", () => {
  const sentence = document.querySelector("#app #not-started")!;
  expect(sentence.hasAttribute("hidden")).toBe(false); // without a style sheet it is seen at once
  expect(sentence.textContent).toMatch(/offline[^]*block scripts[^]*403/);
  expect(sentence.querySelector("[lang=de]")!.textContent).toMatch(/Netz[^]*sperrt[^]*403/);
  expect(styles).toMatch(/#not-started:not\(\.now\) \{\s*animation: waiting-for-code 8s step-end;/);
  expect(styles).toMatch(/@keyframes waiting-for-code \{\s*from \{\s*visibility: hidden;/);
  // The content security policy allows nothing inline.
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
});

test("what is painted before any code is the first sentence of the card of an empty pad, in both languages", () => {
  for (const { locale, start } of [en, de]) {
    const sentence = document.querySelector(`#app .opening > [lang=${locale}]`)!;
    expect(sentence.textContent.trim().replace(/\s+/g, " ")).toBe(start.explain);
  }
});

test.each([
  ["the system's first language that there are words in", "", null, ["fr-CH", "de-CH", "en"], "de"],
  ["English, where there are words in none", "", null, ["fr"], "en"],
  ["what was chosen", "", '{"locale":"en"}', ["de"], "en"],
  ["what the address asks for", "?lang=de", '{"locale":"en"}', ["en"], "de"],
])("it is shown in %s", async (_, search, kept, languages, expected) => {
  vi.stubGlobal("location", { search });
  vi.stubGlobal("localStorage", { getItem: () => kept });
  vi.spyOn(navigator, "languages", "get").mockReturnValue(languages);
  // @ts-expect-error A plain script.
  await import("./before_paint");
  expect(document.documentElement.lang).toBe(expected);
});

test("where a part of the code cannot be had, it is shown at once", async () => {
  vi.doMock("./editor", () => {
    throw new Error("403");
  });
  const { setLogLevel } = await import("./browser/log");
  setLogLevel("none");
  await import("./start");
  await expect.poll(() => document.getElementById("not-started")!.className).toContain("now");
  vi.doUnmock("./editor");
});

test("it goes when the page begins", async () => {
  vi.doMock("./editor", () => ({}));
  vi.doMock("./main", () => ({ main: (_: unknown, root: HTMLElement) => Promise.resolve(root.replaceChildren()) }));
  await import("./start");
  await expect.poll(() => document.getElementById("not-started")).toBeNull();
  vi.doUnmock("./editor");
  vi.doUnmock("./main");
});
