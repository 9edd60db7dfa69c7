import type { Token } from "markdown-it";
import { describe, expect, test } from "vitest";
import { Random } from "../testing/random";
import { unfortunateText, unfortunateTexts } from "../testing/unfortunate_texts.mjs";
import type { Block } from "./block";
import { Blocks, LONGEST_CODE, LONGEST_INLINE } from "./blocks";
import { dialect, markCallouts } from "./dialect";
import { endOfFrontMatter } from "./front_matter";
import { LONGEST_BLOCK } from "./reader";
import { weightOf } from "./weight";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

function steps(blocks: Blocks, text: string): number {
  return [...blocks.read(text)].length;
}

/** The blocks of a text, as markdown-it renders them. */
function rendered(blocks: Blocks): string {
  return blocks.list.map((block) => reference.renderer.render([...blocks.parsed(block).tokens], reference.options, {})).join("");
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
    expect(steps(blocks, text)).toBeGreaterThan(MANY);
    const before = new Set<Block>(blocks.list);
    const middle = text.length / 2;
    expect(steps(blocks, `${text.slice(0, middle)}new\n\n${text.slice(middle)}`)).toBeLessThan(64);
    expect(blocks.list.filter((block) => !before.has(block)).length).toBeLessThan(8);
    expect(blocks.list.at(-1)!.line).toBe(2 * MANY);
  });

  test("20,000 definitions are few blocks, and one line of them is read again", () => {
    const blocks = new Blocks();
    const line = (n: number) => `[x${n}]: http://x.example/${n}\n`;
    const text = Array.from({ length: MANY }, (_, n) => line(n)).join("");
    steps(blocks, `${text}\n[x1] and [x19999]\n`);
    expect(blocks.list.length).toBeLessThan(MANY / 50);
    expect(rendered(blocks)).toContain('href="http://x.example/19999"');
    const before = new Set<Block>(blocks.list);
    const changed = text.replace(line(10_000), `${line(10_000)}new\n\n`);
    expect(steps(blocks, `${changed}\n[x1] and [x19999]\n`)).toBeLessThan(64);
    expect(blocks.list.filter((block) => !before.has(block)).length).toBeLessThan(8);
  });

  /** How many blocks have to be made again when the first text becomes the second. */
  function madeAgain(before: string, after: string): number {
    const blocks = new Blocks();
    steps(blocks, before);
    const told = new Map(blocks.list.map((block) => [block, blocks.parsed(block).told]));
    steps(blocks, after);
    return blocks.list.filter((block) => told.has(block) && !blocks.isAsTold(block, told.get(block)!)).length;
  }
  const far = "a\n\nb\n\nc\n\n";
  const links = (n: number) => `[x${n}] and [y][x${n}] ![z][x${n}]\n\n`.repeat(5);
  const notes = (n: number) => `a[^${n}]\n\n`.repeat(5);
  const end = "\n\nend\n\nend\n\nend";
  test.each([
    ["a definition that changes", `${links(1)}${links(2)}${far}[x1]: http://one.example\n[x2]: b${end}`, "one", "two", 5],
    ["a title that changes", `${links(1)}${links(2)}${far}[x1]: b "one"\n[x2]: b${end}`, "one", "two", 5],
    ["a definition that comes", `${links(1)}${links(2)}${far}\\[x2]: b${end}`, "\\[", "[", 5],
    ["a definition that goes", `${links(1)}${links(2)}${far}[x1]: b\n\n[x2]: b${end}`, "[x1]:", "x1:", 5],
    ["a definition that changes its place", `${links(1)}${far}[x2]: b\n\n[x1]: b${end}`, "[x2]: b\n\n[x1]: b", "[x1]: b\n\n[x2]: b", 0],
    ["a word beside a definition", `${links(1)}${far}\n\n[x1]: b${end}`, "[x1]: b", "word\n\n[x1]: b", 0],
    ["the second of two definitions", `${links(1)}${far}[x1]: b\n[x1]: c${end}`, "]: c", "]: d", 0],
    ["a footnote that goes", `${notes(1)}${notes(2)}${far}[^1]: a\n\n[^2]: b${end}`, "[^1]:", "1:", 11],
    ["the words of a footnote", `${notes(1)}${far}[^1]: a${end}`, ": a", ": b", 0],
    ["a heading that changes", `[TOC]\n\n${far}# one${end}`, "# one", "# two", 1],
    ["a heading without a table", `[x]\n\n${far}# one${end}`, "# one", "# two", 0],
  ])("%s concerns the blocks that it is told to, and no other", (_, before, from, to, count) => {
    expect(madeAgain(before, before.replace(from, to))).toBe(count);
  });

  test("among labels in labels, far longer together than the text, every definition counts", () => {
    const text = `${"[long label ".repeat(300)}${"]".repeat(300)}\n\n`;
    expect(madeAgain(`${text}${far}[b]: c${end}`, `${text}${far}[b]: d${end}`)).toBe(1);
  });
});

describe("a long text that changes is taken apart as if it were new", () => {
  const PIECES = ["\n".repeat(700), " \n".repeat(4_100), "word\n", "word ".repeat(3_000), "    code\n".repeat(900), "```\n", "```\n", "- item\n".repeat(300),
    "a\n\n".repeat(900), "> quote\n".repeat(700), "# title\n", "[r]: b\n", "long words of prose\n".repeat(1_100), "term\n\n: meaning\n", "$$\n", "|a|b|\n|-|-|\n", "|1|2|\n".repeat(600)];
  const seen = ({ list }: Blocks) => list.map(({ line, lineCount, source, weight, tokens }) => [line, lineCount, source.length, weight, tokens.length]);

  test(`seed ${SEED}`, () => {
    const random = Random.of(SEED, "long texts");
    for (let round = 0; round < 3; round++) {
      const blocks = new Blocks();
      let pieces = Array.from({ length: 12 }, () => random.pick(PIECES));
      for (let edit = 0; edit < 8; edit++) {
        const text = pieces.join("");
        steps(blocks, text);
        const anew = new Blocks();
        steps(anew, text);
        expect(seen(blocks)).toEqual(seen(anew));
        expect(rendered(blocks)).toBe(rendered(anew));
        pieces = pieces.toSpliced(random.below(13), random.below(3), ...Array.from({ length: random.below(3) }, () => random.pick(PIECES)));
      }
    }
  }, 60_000);
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
    for (const token of blocks.list.slice(0, 20).flatMap((block) => blocks.parsed(block).tokens)) {
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

describe("characters without a width", () => {
  const shown = (text: string) => {
    const blocks = new Blocks();
    steps(blocks, text);
    return blocks.list.flatMap((block) => blocks.parsed(block).tokens.map(({ content }) => content)).join("");
  };
  const marks = (count: number) => "\u0301".repeat(count);

  test("are all shown where somebody may have meant them, and of a flood the first ones", () => {
    for (const text of [`a${marks(263)}b`, `${marks(200)}a${marks(200)}`, "\u200Ba\u0301 ".repeat(300).trim()]) expect(shown(text)).toBe(text);
    expect(shown(`a${marks(264)}b${marks(5_000)}c\u200B`)).toBe(`a${marks(64)}…b${marks(64)}…c\u200B`);
    expect(shown("\u{E0101}".repeat(300))).toBe(`${"\u{E0101}".repeat(64)}…`);
  });
});
