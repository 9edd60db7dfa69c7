// @vitest-environment happy-dom
import { EditorView } from "@codemirror/view";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test } from "vitest";
import { setSettings } from "../../browser";
import { loadLanguages } from "../../editor";
import { en as t } from "../../strings/en";
import type { Pad } from "../pad/pad";
import { printWhole } from "./print";

const LINES = 200;
const CODE = Array.from({ length: LINES }, (_, n) => `let line${n} = "${n}";`).join("\n");

let stop: () => void;
let language: string;

beforeEach(async () => {
  language = "javascript";
  const support = await (await loadLanguages())!.loadLanguage("javascript");
  const view = new EditorView({ doc: CODE, extensions: support! });
  const session = { padId: "pad", localText: () => CODE, language: { get value() { return language; } } };
  stop = await printWhole({ session, editor: signal({ view }) } as unknown as Pad);
});

afterEach(() => {
  stop();
  document.body.replaceChildren();
});

test("all lines are printed in their colours, below title and date, and are gone afterwards", () => {
  dispatchEvent(new Event("beforeprint"));
  const sheet = document.querySelector(".printed")!;
  const lines = sheet.querySelectorAll(".printed-lines > div");
  expect(lines).toHaveLength(LINES);
  expect(lines[LINES - 1]!.textContent).toBe(`let line${LINES - 1} = "${LINES - 1}";`);
  expect(lines[LINES - 1]!.querySelectorAll("span[class]").length).toBeGreaterThan(1);
  expect(sheet.querySelector("header")!.textContent).toBe(
    `let line0 = "0";${new Date().toLocaleDateString(t.locale, { dateStyle: "long" })}`,
  );
  dispatchEvent(new Event("afterprint"));
  expect(document.querySelector(".printed")).toBeNull();
});

test("Markdown is printed as its preview reads, where that is shown", () => {
  language = "markdown";
  document.body.innerHTML = '<div class="preview-text"><h1>Notes</h1></div>';
  setSettings({ preview: true });
  dispatchEvent(new Event("beforeprint"));
  expect(document.querySelector(".printed h1")?.textContent).toBe("Notes");
  expect(document.querySelector(".printed-lines")).toBeNull();
  setSettings({ preview: false });
  dispatchEvent(new Event("beforeprint"));
  expect(document.querySelectorAll(".printed")).toHaveLength(1);
  expect(document.querySelector(".printed-lines")).not.toBeNull();
});
