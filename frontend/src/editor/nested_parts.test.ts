import { LanguageDescription, LanguageSupport, LRLanguage } from "@codemirror/language";
import { javascriptLanguage } from "@codemirror/lang-javascript";
import { type Input, IterMode, NodeProp, Parser, type PartialParse, type Tree, TreeFragment } from "@lezer/common";
import { describe, expect, test } from "vitest";
import { Random } from "../testing/random";
import { unfortunateTexts } from "../testing/unfortunate_texts.mjs";
import { bounded, type BoundedParser } from "./bounded_language";
import { markdownWith } from "./markdown_language";
import { MOST_HTML_UNITS, MOST_RANGES } from "./nested_code";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

/** JavaScript, and how many parses of it were begun. */
class Counted extends Parser {
  begun = 0;

  createParse(input: Input, fragments: readonly TreeFragment[], ranges: readonly { from: number; to: number }[]): PartialParse {
    this.begun += 1;
    return javascriptLanguage.parser.startParse(input, fragments, ranges);
  }
}

function markdown() {
  const counted = new Counted();
  const support = new LanguageSupport({ parser: counted } as unknown as LRLanguage);
  const plain = markdownWith(() => LanguageDescription.of({ name: "JavaScript", support }));
  return { counted, plain: plain.language.parser, parser: bounded(plain, () => 0).language.parser as BoundedParser };
}

/** Parses to the end; the most parses that one step began. */
function parsed(parse: PartialParse, counted: Counted): { tree: Tree; most: number } {
  for (let most = 0; ; ) {
    const before = counted.begun;
    const tree = parse.advance();
    most = Math.max(most, counted.begun - before);
    if (tree) return { tree, most };
  }
}

/** The nodes, and what of other languages is at them. */
function nodesOf(tree: Tree): string[] {
  const nodes: string[] = [];
  tree.iterate({
    mode: IterMode.IgnoreMounts,
    enter({ name, from, to, tree }) {
      const { tree: other, overlay } = tree?.prop(NodeProp.mounted) ?? {};
      nodes.push(`${name} ${from} ${to}${other ? `: ${other} at ${overlay?.map(({ from, to }) => [from, to].join("-")).join()}` : ""}`);
    },
  });
  return nodes;
}

const FENCE = "```js\nlet a;\n```\n";
const QUOTED = "> ```js\n> let a;\n> ```\n\n";
const LISTED = "- ```js\n  let a;\n  ```\n";

describe("code in Markdown is parsed some blocks at a time", () => {
  test.each([FENCE, QUOTED, LISTED, `words <b>and</b>\n${FENCE}`])("%j, and the tree is that of the whole text", (piece) => {
    const { counted, plain, parser } = markdown();
    const text = piece.repeat(4_000);
    const whole = parsed(plain.startParse(text), counted);
    expect(whole.most, "when this is small, stretches are no longer needed").toBe(4_000);
    const { tree, most } = parsed(parser.startParse(text), counted);
    expect(most).toBeLessThan(2_000);
    expect(nodesOf(tree)).toEqual(nodesOf(whole.tree));
  });

  test(`however it is interrupted and edited, by seed ${SEED}`, () => {
    const random = Random.of(SEED, "stretches");
    const { counted, plain, parser } = markdown();
    for (let round = 0; round < 3; round++) {
      let text = Array.from({ length: 1_500 }, () => random.pick([FENCE, QUOTED, LISTED, "words <b>and</b>\n\n", "- <i>item</i>\n"])).join("");
      let fragments: readonly TreeFragment[] = [];
      for (let edit = 0; edit < 12; edit++) {
        const parse = parser.startParse(text, fragments);
        let tree: Tree | null = null;
        for (let steps = random.below(3_000); steps > 0 && !tree; steps--) tree = parse.advance();
        const isStopped = !tree;
        // As ParseContext.takeTree() of @codemirror/language does.
        if (isStopped) parse.stopAt(parse.parsedPos);
        while (!tree) tree = parse.advance();
        const at = random.below(text.length + 1);
        const insert = random.pick(["x", "`", "```\n", "<", "> ", "\n"]);
        fragments = TreeFragment.addTree(tree, fragments, isStopped);
        fragments = TreeFragment.applyChanges(fragments, [{ fromA: at, toA: at, fromB: at, toB: at + insert.length }]);
        text = text.slice(0, at) + insert + text.slice(at);
      }
      const { tree } = parsed(parser.startParse(text, fragments), counted);
      expect(nodesOf(tree)).toEqual(nodesOf(parsed(plain.startParse(text), counted).tree));
    }
  }, 60_000);

  test("a letter has that block parsed, and not the others", () => {
    const { counted, parser } = markdown();
    const text = LISTED.repeat(4_000);
    const { tree } = parsed(parser.startParse(text), counted);
    const at = LISTED.length * 2_000 + 12;
    const fragments = TreeFragment.applyChanges(TreeFragment.addTree(tree), [{ fromA: at, toA: at, fromB: at, toB: at + 1 }]);
    const changed = `${text.slice(0, at)}x${text.slice(at)}`;
    counted.begun = 0;
    parsed(parser.startParse(changed, fragments), counted);
    expect(counted.begun).toBeLessThan(10);
  });

  test("who stops it loses little of what it has done", () => {
    const { counted, parser } = markdown();
    const text = FENCE.repeat(4_000);
    const parse = parser.startParse(text);
    for (let steps = 0; steps < 3_000; steps++) expect(parse.advance()).toBeNull();
    const reached = parse.parsedPos;
    expect(reached).toBeGreaterThan(FENCE.length * 200);
    parse.stopAt(reached);
    const begun = counted.begun;
    const { tree } = parsed(parse, counted);
    expect(tree.length).toBeGreaterThanOrEqual(reached);
    expect(counted.begun - begun).toBeLessThan(1_700);
    counted.begun = 0;
    parsed(parser.startParse(text, TreeFragment.addTree(tree, [], true)), counted);
    expect(counted.begun).toBeLessThan(4_000 - reached / FENCE.length + 50);
  });
});

describe("a block of another language in very many pieces", () => {
  const lines = (n: number) => "> let a;\n".repeat(n);

  test("has no colours beyond a bound", () => {
    const { counted, plain } = markdown();
    parsed(plain.startParse(`> \`\`\`js\n${lines(MOST_RANGES >> 1)}`), counted);
    expect(counted.begun).toBe(1);
    parsed(plain.startParse(`> \`\`\`js\n${lines(10_000)}`), counted);
    expect(counted.begun).toBe(1);
  });

  test.each(["<div>", "<!--"])("%s in a quote neither", (opening) => {
    const { counted, plain } = markdown();
    const isTag = (node: string) => /: .*(Element|Comment)/.test(node);
    const few = parsed(plain.startParse(`> ${opening}\n${lines(20)}`), counted).tree;
    const many = parsed(plain.startParse(`> ${opening}\n${lines(10_000)}`), counted).tree;
    expect(nodesOf(few).some(isTag)).toBe(true);
    expect(nodesOf(many).some(isTag)).toBe(false);
  });
});

test("a block of HTML has colours up to a bound, though the tags in it are never closed", () => {
  const { counted, plain } = markdown();
  const block = (units: number) => nodesOf(parsed(plain.startParse(`<div>\n${"<b>\n".repeat(units / 4)}`), counted).tree).join();
  expect(block(MOST_HTML_UNITS / 2)).toContain("Element");
  expect(block(MOST_HTML_UNITS)).not.toContain("Element");
});

test("the texts of the corpus that have much code, or much HTML, are parsed as a whole would be", async () => {
  const { counted, plain, parser } = markdown();
  for (const name of ["fences", "html blocks", "html comments", "scripts in html", "a list of tags"] as const) {
    const text = unfortunateTexts[name]!(60_000);
    expect(nodesOf(parsed(parser.startParse(text), counted).tree), name).toEqual(nodesOf(parsed(plain.startParse(text), counted).tree));
  }
});
