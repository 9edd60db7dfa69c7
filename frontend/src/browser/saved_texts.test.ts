import { IDBFactory } from "fake-indexeddb";
import { beforeEach, expect, test } from "vitest";
import { type SavedText, SavedTexts } from "./saved_texts";

const NOW = 1_000_000;
let databases: IDBFactory;
let texts: SavedTexts;

const saved = (padId: string, more: Partial<SavedText> = {}): SavedText => ({
  padId, epoch: "e", revision: 7, text: "text", language: null, savedAtMs: NOW, expiresAtMs: Infinity, ...more,
});
const kept = async (...ids: string[]) => {
  const found = await Promise.all(ids.map((id) => texts.get(id, NOW)));
  return ids.filter((_, i) => found[i] !== null);
};

beforeEach(() => {
  databases = new IDBFactory();
  texts = new SavedTexts(() => databases, { pads: 3, units: 100 });
});

test("a text is there for the next visit, the newest in place of the ones before", async () => {
  expect(await texts.get("a", NOW)).toBeNull();
  await texts.put(saved("a"));
  await texts.put(saved("a", { text: "newer", revision: 8, language: "python", savedAtMs: NOW + 1 }));
  expect(await new SavedTexts(() => databases).get("a", NOW)).toMatchObject({ text: "newer", revision: 8, epoch: "e", language: "python" });
});

test("of many pads those that were looked at last", async () => {
  for (const [i, id] of ["a", "b", "c", "d"].entries()) await texts.put(saved(id, { savedAtMs: NOW + i }));
  expect(await kept("a", "b", "c", "d")).toEqual(["b", "c", "d"]);
  await texts.put(saved("b", { savedAtMs: NOW + 9 }));
  await texts.put(saved("e", { savedAtMs: NOW + 10 }));
  expect(await kept("a", "b", "c", "d", "e")).toEqual(["b", "d", "e"]);
});

test("of long texts as many as there is room for, and none that alone is too long", async () => {
  await texts.put(saved("a", { text: "x".repeat(60), savedAtMs: NOW + 1 }));
  await texts.put(saved("b", { text: "x".repeat(40), savedAtMs: NOW + 2 }));
  expect(await kept("a", "b")).toEqual(["a", "b"]);
  await texts.put(saved("c", { text: "x", savedAtMs: NOW + 3 }));
  expect(await kept("a", "b", "c")).toEqual(["b", "c"]);
  await texts.put(saved("d", { text: "x".repeat(101), savedAtMs: NOW + 4 }));
  expect(await kept("d")).toEqual([]);
});

test("none of a pad that the server has deleted by now", async () => {
  await texts.put(saved("a", { expiresAtMs: NOW + 10 }));
  expect(await texts.get("a", NOW + 9)).not.toBeNull();
  expect(await texts.get("a", NOW + 10)).toBeNull();
  await texts.put(saved("b", { savedAtMs: NOW + 11 }));
  expect(await texts.get("a", NOW)).toBeNull();
});

test("what is forgotten is gone", async () => {
  for (const id of ["a", "b", "c"]) await texts.put(saved(id));
  await texts.keepOnly(["b", "z"]);
  expect(await kept("a", "b", "c")).toEqual(["b"]);
});

test("a browser without a database says so, each time", async () => {
  const none = new SavedTexts(() => {
    throw new Error("no database");
  });
  await expect(none.put(saved("a"))).rejects.toThrow();
  await expect(none.get("a", NOW)).rejects.toThrow();
});
