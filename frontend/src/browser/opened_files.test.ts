// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FileForm } from "./opened_files";

beforeEach(() => {
  localStorage.clear();
  vi.resetModules();
});
afterEach(() => vi.unstubAllGlobals());

const batch: FileForm = { name: "script.bat", lineEnd: "\r\n", bom: false };

test("a pad's file is remembered across visits, until another takes its place or it is forgotten", async () => {
  const first = await import("./opened_files");
  expect(first.rememberedFile("p")).toBeNull();
  first.rememberFile("p", batch);
  first.rememberFile("q", { ...batch, name: "q.txt" });
  vi.resetModules();
  const { rememberedFile, rememberFile } = await import("./opened_files");
  expect(rememberedFile("p")).toEqual(batch);
  rememberFile("p", { name: "b.csv", lineEnd: "\n", bom: true });
  expect(rememberedFile("p")).toEqual({ name: "b.csv", lineEnd: "\n", bom: true });
  rememberFile("p", null);
  expect(rememberedFile("p")).toBeNull();
  expect(rememberedFile("q")?.name).toBe("q.txt");
});

test("who forgets a pad forgets its file", async () => {
  const { rememberedFile, rememberFile } = await import("./opened_files");
  const { forgetPad, rememberPad } = await import("./recent_pads");
  rememberPad({ id: "p", title: "P" });
  rememberFile("p", batch);
  forgetPad("p");
  expect(rememberedFile("p")).toBeNull();
  expect(localStorage.getItem("kolabpad.files")).not.toContain("script.bat");
});

test("the newest hundred are kept", async () => {
  const { rememberedFile, rememberFile } = await import("./opened_files");
  for (let i = 0; i < 120; i++) rememberFile(`p${i}`, batch);
  expect(rememberedFile("p119")).toEqual(batch);
  expect(rememberedFile("p20")).toEqual(batch);
  expect(rememberedFile("p19")).toBeNull();
});

test.each(["{", "3", '{"p":1}', '[["p"]]', '[["p",{"name":"a","lineEnd":"x","bom":false}]]', '[["p",{"name":3,"lineEnd":"\\n","bom":false}]]'])(
  "nonsense is no file: %s",
  async (kept) => {
    localStorage.setItem("kolabpad.files", kept);
    const { rememberedFile, rememberFile } = await import("./opened_files");
    expect(rememberedFile("p")).toBeNull();
    rememberFile("p", batch);
    expect(rememberedFile("p")).toEqual(batch);
  },
);

test("a browser that keeps nothing remembers for the visit", async () => {
  vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => { throw new DOMException("full", "QuotaExceededError"); } });
  const { rememberedFile, rememberFile } = await import("./opened_files");
  rememberFile("p", batch);
  rememberFile("q", batch);
  expect(rememberedFile("p")).toEqual(batch);
  rememberFile("p", null);
  expect(rememberedFile("p")).toBeNull();
  expect(rememberedFile("q")).toEqual(batch);
});
