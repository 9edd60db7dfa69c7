import { describe, expect, test } from "vitest";
import { found, plain } from "./filter";

const ALL = [
  { name: "New pad" },
  { name: "Open a file…" },
  { name: "Download text", also: "save export" },
  { name: "Download HTML", also: "save export" },
  { name: "Größere Schrift", also: "Schriftgröße Zoom" },
  { name: "Vorschau neben dem Text" },
  { name: "Find and replace" },
  { name: "Find" },
  { name: "Unfold all" },
  { name: "ΑΘΗΝΑ" },
  { name: "日本語" },
];

const names = (query: string) => found(ALL, query).map(({ name }) => name);

test.each([
  ["", ALL.map(({ name }) => name)],
  ["   ", ALL.map(({ name }) => name)],
  ["find", ["Find", "Find and replace"]],
  ["text down", ["Download text"]],
  ["DOWNLOAD", ["Download text", "Download HTML"]],
  ["save", ["Download text", "Download HTML"]],
  ["save html", ["Download HTML"]],
  ["grossere", ["Größere Schrift"]],
  ["große", ["Größere Schrift"]],
  ["größe", ["Größere Schrift"]],
  ["zoom schrift", ["Größere Schrift"]],
  ["fold", ["Unfold all"]],
  ["replace  find", ["Find and replace"]],
  ["nothing like it", []],
  ["αθηνά", ["ΑΘΗΝΑ"]],
  ["本", ["日本語"]],
  [".*", []],
])("%j finds %j", (query, expected) => expect(names(query)).toEqual(expected));

test("what begins so comes before what has it within, and equals stay in their order", () => {
  const all = ["Unwrap", "Wrap long lines", "Lines to wrap", "Wrap"].map((name) => ({ name }));
  expect(found(all, "wrap").map(({ name }) => name)).toEqual(["Wrap", "Wrap long lines", "Lines to wrap", "Unwrap"]);
});

describe("letters are compared without their marks", () => {
  test.each([
    ["É", "e"],
    ["ß", "ss"],
    ["Łódź", "lodz"],
    ["İstanbul", "istanbul"],
    ["ısı", "isi"],
    ["smørrebrød", "smorrebrod"],
    ["각", "각"],
  ])("%s is %s", (written, compared) => expect(plain(written)).toBe(compared));
});
