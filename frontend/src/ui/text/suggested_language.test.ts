// @vitest-environment happy-dom
/** A language is suggested to whoever writes in one, once. */

import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Editor, loadLanguages, loadLikelyLanguage } from "../../editor";
import { t } from "../../strings";
import type { ToastOptions } from "../base/toasts";
import type { Pad } from "../pad/pad";
import { suggestLanguage } from "./suggested_language";

const PYTHON = "import os\n\ndef total(prices):\n    for price in prices:\n        print(price)\n";

let text = "";
const changes = signal(0);
const language = signal<string | null>(null);
const setLanguage = vi.fn((id: string) => void (language.value = id));
const withdraw = vi.fn();
const notify = vi.fn((_text: string, _options?: ToastOptions) => withdraw);
const editor = { changes, beginning: (units: number) => text.slice(0, units), focus: vi.fn() } as unknown as Editor;
const pad = { session: { language, setLanguage }, editor: signal(editor), notify } as unknown as Pad;
let stop = () => {};

beforeEach(async () => {
  await Promise.all([loadLanguages(), loadLikelyLanguage()]);
  vi.useFakeTimers();
  vi.clearAllMocks();
  language.value = null;
  stop = suggestLanguage(pad, editor);
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

async function write(more: string): Promise<void> {
  text = more;
  changes.value += 1;
  await vi.advanceTimersByTimeAsync(10_000);
}

test("what was pasted is told, and chosen with one click", async () => {
  await write(PYTHON);
  const [said, options] = notify.mock.calls[0]!;
  expect(said).toBe(t.language.looksLike("Python"));
  options!.action!.run();
  expect(setLanguage).toHaveBeenCalledExactlyOnceWith("python");
});

test("while one types nothing is said", async () => {
  for (const end of [20, 40, 60, PYTHON.length]) {
    text = PYTHON.slice(0, end);
    changes.value += 1;
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(notify).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(notify).toHaveBeenCalledOnce();
});

test("it is said once, whatever comes then", async () => {
  await write(PYTHON);
  await write(`${PYTHON}\n# more`);
  await write("package main\n\nfunc main() {\n\tx := 1\n}\n");
  expect(notify).toHaveBeenCalledOnce();
});

test("prose is left alone, and so is a text whose language was chosen", async () => {
  await write("Dear all,\nwe meet on Thursday.\n");
  expect(notify).not.toHaveBeenCalled();
  language.value = "ruby";
  await write(PYTHON);
  expect(notify).not.toHaveBeenCalled();
});

test("when somebody chooses one, the suggestion goes", async () => {
  await write(PYTHON);
  language.value = "javascript";
  expect(withdraw).toHaveBeenCalled();
});
