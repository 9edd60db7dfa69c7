import { expect, test } from "vitest";
import { isCommandKey } from "./keys";

test.each([
  ["Ctrl+S", { key: "s", code: "KeyS", ctrlKey: true }, true],
  ["Cmd+S", { key: "s", code: "KeyS", metaKey: true }, true],
  ["with caps lock", { key: "S", code: "KeyS", ctrlKey: true }, true],
  ["on a Russian keyboard", { key: "ы", code: "KeyS", ctrlKey: true }, true],
  ["on a Greek one", { key: "σ", code: "KeyS", ctrlKey: true }, true],
  ["where Dvorak has the letter", { key: "s", code: "Semicolon", ctrlKey: true }, true],
  ["where Dvorak has an o", { key: "o", code: "KeyS", ctrlKey: true }, false],
  ["the letter alone", { key: "s", code: "KeyS" }, false],
  ["Ctrl+Shift+S is the browser's", { key: "S", code: "KeyS", ctrlKey: true, shiftKey: true }, false],
  ["AltGr+S is a letter", { key: "ś", code: "KeyS", ctrlKey: true, altKey: true }, false],
])("%s: %j is %j", (_, pressed, isIt) => {
  const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };
  expect(isCommandKey({ ...none, ...pressed }, "s")).toBe(isIt);
});
