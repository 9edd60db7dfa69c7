import { parser } from "@lezer/markdown";
import { TreeFragment } from "@lezer/common";
import { expect, test } from "vitest";
import { unfortunateTexts } from "../testing/unfortunate_texts.mjs";
import { doubling } from "./markdown_fragments";

/** As the parser has it, though its types leave it out. */
type Taking = { addNode: (...node: unknown[]) => void };

const edited = (text: string, at: number) => {
  const changed = `${text.slice(0, at)}x${text.slice(at)}`;
  const fragments = TreeFragment.applyChanges(TreeFragment.addTree(parser.parse(text)), [{ fromA: at, toA: at, fromB: at, toB: at + 1 }]);
  return { changed, fragments };
};

test.each(["footnotes", "equal headings", "a list", "a table", "deep quotes"] as const)("%s: the tree is that of the whole text", (name) => {
  const text = unfortunateTexts[name]!(20_000);
  for (const at of [0, 5_000, 10_000, 19_990]) {
    const { changed, fragments } = edited(text, at);
    expect(String(parser.parse(changed, fragments.flatMap(doubling)))).toBe(String(parser.parse(changed)));
  }
});

test("of thousands of blocks before the change, few are taken one by one", () => {
  const text = unfortunateTexts["footnotes"]!(262_144);
  const taken = (again: (fragment: TreeFragment) => readonly TreeFragment[]) => {
    const { changed, fragments } = edited(text, 131_072);
    const parse = parser.startParse(changed, fragments.flatMap(again));
    let count = 0;
    const taking = parse as unknown as Taking;
    const { addNode } = taking;
    taking.addNode = (...node) => {
      count += 1;
      addNode.apply(parse, node);
    };
    while (!parse.advance());
    return count;
  };
  expect(taken((fragment) => [fragment]), "when this is small, doubling() is no longer needed").toBeGreaterThan(5_000);
  expect(taken(doubling)).toBeLessThan(500);
});

test("the parts follow each other, as open at their ends as the whole", () => {
  const [fragment] = TreeFragment.addTree(parser.parse("a\n\n".repeat(10_000)), [], true) as [TreeFragment];
  const parts = doubling(fragment);
  expect(parts.length).toBeLessThan(10);
  expect([parts[0]!.from, parts.at(-1)!.to]).toEqual([fragment.from, fragment.to]);
  for (const [i, part] of parts.entries()) if (i > 0) expect(part.from).toBe(parts[i - 1]!.to);
  expect(parts.map(({ openEnd }) => openEnd)).toEqual(parts.map((_, i) => i === parts.length - 1));
});
