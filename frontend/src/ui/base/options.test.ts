import { expect, test } from "vitest";
import { found } from "./options";

const OPTIONS = [
  { id: "clojure", label: "Clojure", words: ["clj"] },
  { id: "cpp", label: "C++", words: ["cpp", "c++", "hpp"] },
  { id: "c", label: "C", words: ["c", "h"] },
  { id: "objective-c", label: "Objective-C", words: ["m"] },
  { id: "markdown", label: "Markdown", words: ["md"] },
];

test.each([
  ["", ["clojure", "cpp", "c", "objective-c", "markdown"]],
  ["C", ["c", "clojure", "cpp", "objective-c"]],
  ["c++", ["cpp"]],
  [" md ", ["markdown"]],
  ["hp", ["cpp"]],
  ["ive", ["objective-c"]],
  ["klingon", []],
])("%j finds %j", (query, ids) => {
  expect(found(OPTIONS, query).map(({ id }) => id)).toEqual(ids);
});
