import { expect, test } from "vitest";
import { isCommandKey, isLetter, shownKeys } from "./keys";

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
  ["on a Hebrew keyboard", { key: "ד", code: "KeyS", ctrlKey: true }, true],
  ["on an Arabic one", { key: "لا", code: "KeyS", ctrlKey: true }, true],
  ["where the key waits for a letter", { key: "Dead", code: "KeyS", ctrlKey: true }, true],
  ["taken by an input method", { key: "Process", code: "KeyS", ctrlKey: true }, false],
  ["unknown to the browser", { key: "Unidentified", code: "KeyS", ctrlKey: true }, false],
  ["Ctrl and Cmd together", { key: "s", code: "KeyS", ctrlKey: true, metaKey: true }, false],
  ["AltGr+S is a letter", { key: "ś", code: "KeyS", ctrlKey: true, altKey: true }, false],
])("%s: %j is %j", (_, pressed, isIt) => {
  const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };
  expect(isCommandKey({ ...none, ...pressed }, "s")).toBe(isIt);
});

test.each([
  ["Ctrl+Shift+S", { key: "S" }, true],
  ["with caps lock", { key: "s" }, true],
  ["on a Russian keyboard", { key: "Ы" }, true],
  ["on a Hebrew one, which has capitals with Shift", { key: "S" }, true],
  ["without Shift", { key: "s", shiftKey: false }, false],
])("%s, where Shift is wanted: %j is %j", (_, pressed, isIt) => {
  const keys = { code: "KeyS", ctrlKey: true, metaKey: false, shiftKey: true, altKey: false };
  expect(isCommandKey({ ...keys, ...pressed }, "s", true)).toBe(isIt);
});

test.each([
  ["m", true], ["M", true], ["ь", true], ["µ", true], ["Dead", true], ["n", false], ["Process", false], ["?", false],
])("the place of M types %j: it is M %j", (key, isIt) => expect(isLetter({ key, code: "KeyM" }, "m")).toBe(isIt));

test.each([
  ["Mod-s", false, "Strg+S"],
  ["Mod-s", true, "⌘S"],
  [["Mod-y", "Mod-Shift-z"], false, "Strg+Y"],
  [["Mod-y", "Mod-Shift-z"], true, "⇧⌘Z"],
  [["Alt-g", "Mod-Alt-g"], true, "⌥⌘G"],
  ["Ctrl-Space", false, "Strg+Leertaste"],
  ["Ctrl-Space", true, "⌃Leertaste"],
  ["Ctrl-Shift-[", false, "Strg+Umschalt+["],
  ["F1", false, "F1"],
  ["Shift-F6", true, "⇧F6"],
] as const)("%j on a Mac: %j is shown as %s", (keys, onMac, shown) => {
  expect(shownKeys(keys, { Ctrl: "Strg", Shift: "Umschalt", Space: "Leertaste" }, onMac)).toBe(shown);
});
