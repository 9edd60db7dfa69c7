import type { Token } from "markdown-it";
import { describe, expect, test } from "vitest";
import { Random } from "../testing/random";
import { unfortunateText, unfortunateTexts } from "../testing/unfortunate_texts.mjs";
import { type Block, Blocks, LONGEST_BLOCK, LONGEST_CODE, LONGEST_INLINE } from "./blocks";
import { dialect, markCallouts } from "./dialect";
import { endOfFrontMatter } from "./front_matter";
import { weightOf } from "./weight";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

function steps(blocks: Blocks, text: string): number {
  return [...blocks.read(text)].length;
}

/** The blocks of a text, as markdown-it renders them. */
function rendered(blocks: Blocks): string {
  return blocks.list.map((block) => reference.renderer.render([...blocks.parsed(block)], reference.options, {})).join("");
}

const reference = dialect();
reference.core.ruler.after("block", "callouts", (state: { tokens: Token[] }) => markCallouts(state.tokens));

const LINES = [
  "", "", "", "words", "a [link] and [other][r]", "# title", "===", "---", "- item", "  - inner", "    deeper", "1. one", "> quote", "```", "~~~",
  "|a|b|", "|-|-|", "[r]: http://r.example", "[link]: http://l.example", "[link]: http://second.example", "    code", "\tcode", "<div>", "</div>", "* * *", "\\", "lazy",
  "title: x", "---", ": meaning", "[^1]: note", "see[^1] https://a.example", "> [!TIP]", "[TOC]", "==mark== x^2^ H~2~O", "$$", "$$ x", "x $$", "$x$ $$y$$",
];

describe("a text that changes is taken apart as if it were new", () => {
  test(`seed ${SEED}`, () => {
    const random = Random.of(SEED, "blocks");
    for (let round = 0; round < 15; round++) {
      const blocks = new Blocks();
      const lines = Array.from({ length: random.below(30) }, () => random.pick(LINES));
      for (let edit = 0; edit < 30; edit++) {
        const at = random.below(lines.length + 1);
        lines.splice(at, random.below(3), ...Array.from({ length: random.below(3) }, () => random.pick(LINES)));
        const text = lines.join("\n");
        steps(blocks, text);
        expect(rendered(blocks), JSON.stringify(text)).toBe(reference.render(lines.slice(endOfFrontMatter(lines)).join("\n")));
      }
    }
  });
});

describe("an update costs what has changed", () => {
  const MANY = 20_000;

  test("one line of 20,000 equal blocks is read again, and the lines of those behind it are right", () => {
    const blocks = new Blocks();
    const text = "# h\n\n".repeat(MANY);
    expect(steps(blocks, text)).toBe(MANY);
    const before = new Set<Block>(blocks.list);
    const middle = text.length / 2;
    expect(steps(blocks, `${text.slice(0, middle)}new\n\n${text.slice(middle)}`)).toBeLessThan(8);
    expect(blocks.list.filter((block) => !before.has(block)).length).toBeLessThan(8);
    expect(blocks.list.at(-1)!.line).toBe(2 * MANY);
  });

  test("a definition that changes concerns the blocks that may refer to it, and no other", () => {
    const blocks = new Blocks();
    steps(blocks, "plain\n\n[x]\n\n[x]: http://one.example");
    const contexts = () => blocks.list.map((block) => blocks.contextOf(block));
    const [plain, link] = contexts();
    steps(blocks, "plain\n\n[x]\n\n[x]: http://two.example");
    expect(contexts()[0]).toBe(plain);
    expect(contexts()[1]).not.toBe(link);
  });
});

describe("a step is bounded, whatever the text is", () => {
  const UNITS = 64 * 1024;

  function check(text: string): void {
    const blocks = new Blocks();
    steps(blocks, text);
    const isCode = ({ tokens }: Block) => tokens[0]?.type === "fence" || tokens[0]?.type === "code_block";
    const { lines, units, weight } = LONGEST_BLOCK;
    const isLong = ({ lineCount, source }: Block) =>
      lineCount > lines || (lineCount > 1 && (source.length > units || weightOf(source) > weight));
    expect(blocks.list.filter((block) => !isCode(block) && isLong(block))).toEqual([]);
    for (const token of blocks.list.slice(0, 20).flatMap((block) => blocks.parsed(block))) {
      const most = token.type === "inline" ? LONGEST_INLINE : LONGEST_CODE;
      const isShort = token.content.length <= most.units + 1 && weightOf(token.content) <= most.weight + 4; // with an ellipsis
      if (!isShort) expect.fail(`${token.type} of ${token.content.length} units`);
    }
  }

  test.each(["a list", "one long paragraph", "a table", "quotes in quotes", "an open fence", "references on lines", "one line: word", 'one line: "[]("',
    "one line: cjk", "one line: bidi", "short lines both ways", "a list of links", "a table of many columns"])(
    "%s",
    (name) => check(unfortunateTexts[name]!(UNITS)),
  );

  test(`others, by seed ${SEED}`, () => {
    const random = Random.of(SEED, "texts");
    for (let i = 0; i < 20; i++) check(unfortunateText(random, UNITS));
  }, 60_000);
});
