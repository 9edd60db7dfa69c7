// @vitest-environment happy-dom
import { defineLanguageFacet, ensureSyntaxTree, Language, syntaxTree } from "@codemirror/language";
import { EditorState, Text } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { type Input, NodeType, Parser, type PartialParse, Tree, type TreeFragment } from "@lezer/common";
import type { MarkdownParser } from "@lezer/markdown";
import { markdownLanguage } from "@codemirror/lang-markdown";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Random } from "../testing/random";
import { unfortunateCode, unfortunatePieces } from "../testing/unfortunate_code.mjs";
import { unfortunateText, unfortunateTexts } from "../testing/unfortunate_texts.mjs";
import { bounded, BoundedParser } from "./bounded_language";
import { colours } from "./colours";
import { codeLanguage, languages, loadLanguage } from "./language_catalogue";
import { LONGEST_LINE_UNITS, longLines } from "./long_lines";
import { CHANGING_MS } from "./patient_parse";
import { boundedInline, DEEPEST, MOST_MARKS, MOST_UNITS } from "./markdown_bounds";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));
const LONG = "x".repeat(LONGEST_LINE_UNITS + 1);

describe("long lines", () => {
  test(`are found wherever they stand, by seed ${SEED}`, () => {
    const random = Random.of(SEED, "lines");
    for (let round = 0; round < 50; round++) {
      const lines = Array.from({ length: random.below(300) }, () => "a".repeat(random.chance(3) ? 4_990 + random.below(20) : random.below(80)));
      const doc = Text.of(lines.length > 0 ? lines : [""]);
      const expected = [];
      for (let n = 1; n <= doc.lines; n++) {
        const { from, to } = doc.line(n);
        if (to - from > LONGEST_LINE_UNITS) expected.push({ from, to });
      }
      expect(longLines(doc)).toEqual(expected);
    }
  });
});

/** The tree that is there after all of the text was parsed. */
function parsed(state: EditorState): string {
  return String(ensureSyntaxTree(state, state.doc.length, 60_000));
}

describe("a parser does not see lines that are too long", () => {
  test("and the others as they are", async () => {
    const { language } = (await loadLanguage("javascript"))!;
    const names = (text: string) => String(language.parser.parse(text));
    expect(names(`let a;\n${LONG}("\nlet b;`)).toBe(names("let a;\n\nlet b;"));
    expect(names(`let a;\n${LONG.slice(2)}\nlet b;`)).not.toBe(names("let a;\n\nlet b;"));
  });

  test(`nor when they become so, nor when they are no longer, by seed ${SEED}`, async () => {
    const random = Random.of(SEED, "edits");
    let now = 0;
    const extensions = [bounded(await codeLanguage("js")!.load(), () => now)];
    const statement = () => `let s${random.below(100)} = ["${"y".repeat(random.chance(25) ? random.between(4_900, 5_100) : random.below(60))}"];`;
    for (let round = 0; round < 8; round++) {
      let state = EditorState.create({ doc: Array.from({ length: 40 }, statement).join("\n"), extensions });
      parsed(state);
      for (let edit = 0; edit < 25; edit++) {
        const line = state.doc.line(1 + random.below(state.doc.lines));
        const quote = line.from + line.text.indexOf('"') + 1;
        const growth = "y".repeat(random.between(1, 150));
        const shrink = Math.min(growth.length, line.text.lastIndexOf('"') - line.text.indexOf('"') - 1);
        const changes = random.chance(40)
          ? { from: line.from, to: line.to, insert: statement() }
          : random.chance(50) ? { from: quote, insert: growth } : { from: quote, to: quote + Math.max(0, shrink) };
        state = state.update({ changes }).state;
        now += CHANGING_MS; // several blank lines are much to read in one step, which is put off while the text changes
        expect(parsed(state)).toBe(parsed(EditorState.create({ doc: state.doc, extensions })));
      }
    }
  }, 60_000);
});

test("regression: a parser that fails costs the colours, not the letter that was typed", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  let now = 0;
  const language = bounded(await codeLanguage("yacas")!.load(), () => now);
  let state = EditorState.create({ doc: "Sin(x);\n", extensions: language });
  const colourful = parsed(state);
  for (const letter of "été") state = state.update({ changes: { from: state.doc.length, insert: letter } }).state;
  expect(state.doc.toString()).toBe("Sin(x);\nété");
  expect(language.language.parser.parse("été").length).toBe(3);
  now += 60 * 60_000; // the failing text is gone, and the rest over
  expect(parsed(EditorState.create({ doc: "Sin(x);\n", extensions: language }))).toBe(colourful);
  vi.restoreAllMocks();
});

test("nor does one that fails at its beginning", () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const failing = new (class extends Parser {
    createParse(): PartialParse {
      throw new RangeError("too deep");
    }
  })();
  const parser = new BoundedParser(failing, () => 0);
  const language = new Language(defineLanguageFacet(), parser, [], "failing");
  let state = EditorState.create({ doc: "a", extensions: language });
  state = state.update({ changes: { from: 1, insert: "b" } }).state;
  expect(state.doc.toString()).toBe("ab");
  expect(parser.parse("ab").length).toBe(2);
  vi.restoreAllMocks();
});

/** A parser that needs a while for each step. */
class SlowParser extends Parser {
  started = 0;

  constructor(private readonly step: (input: Input) => void) {
    super();
  }

  createParse(input: Input, _fragments: readonly TreeFragment[], _ranges: readonly { from: number; to: number }[]): PartialParse {
    this.started += 1;
    const advance = () => (this.step(input), new Tree(SlowParser.top, [], [], input.length));
    return { parsedPos: 0, stoppedAt: null, stopAt: () => {}, advance };
  }

  static readonly top = NodeType.define({ id: 0, name: "Slow", top: true });
}

describe("a parser that cannot keep up", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("rests, longer each time, and is there again when it is in time", () => {
    let [now, costMs] = [0, 200];
    const inner = new SlowParser(() => (now += costMs));
    const parser = new BoundedParser(inner, () => now);
    const isParsed = () => parser.parse("text").type === SlowParser.top;
    expect(isParsed()).toBe(true); // once may be chance
    for (const restMs of [800, 1_600, 3_200]) {
      expect(isParsed()).toBe(false);
      const { started } = inner;
      now += restMs - 1;
      expect(isParsed()).toBe(false);
      expect(inner.started).toBe(started);
      now += 1;
    }
    costMs = 1;
    expect(isParsed()).toBe(true);
    costMs = 200;
    expect([isParsed(), isParsed()]).toEqual([true, false]);
    now += 800;
    costMs = 1;
    expect(isParsed()).toBe(true);
  });

  test("is left alone when a step is late now and then", () => {
    let now = 0;
    const inner = new SlowParser(() => (now += inner.started % 2 === 0 ? 200 : 1));
    const parser = new BoundedParser(inner, () => now);
    for (let i = 0; i < 10; i++) expect(parser.parse("text").type).toBe(SlowParser.top);
  });

  test("is interrupted where it reads without end", () => {
    let now = 0;
    const inner = new SlowParser((input) => {
      for (;;) now += input.chunk(0).length;
    });
    const parser = new BoundedParser(inner, () => now);
    expect(parser.parse("text").type).not.toBe(SlowParser.top);
    expect(now).toBeLessThan(1_000);
  });

  test("or fails rests too, and the console has the reason", () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const inner = new SlowParser(() => {
      throw new RangeError("trouble");
    });
    expect(new BoundedParser(inner, () => 0).parse("text").length).toBe(4);
    expect(said.mock.lastCall).toContainEqual(new RangeError("trouble"));
    said.mockRestore();
  });
});

describe("Markdown", () => {
  const parserOfMarkdown = markdownLanguage.parser as MarkdownParser;

  /** Counts the places at which the parsers of a paragraph look for something. */
  function looks(text: string): number {
    let count = 0;
    const counting = { parseInline: [{ name: "Count", after: "Bound", parse: () => (count++, -1) }] };
    parserOfMarkdown.configure([boundedInline(), counting]).parse(text);
    return count;
  }

  test.each(["[](", "![a](", "[a](b ", "*a ", "_a*", "``", "<a", "[a][b] ", "![", "]("])("%j without end is text from some place on", (piece) => {
    const most = Math.min(MOST_UNITS, MOST_MARKS * piece.length);
    expect(looks(piece.repeat(20_000))).toBeLessThanOrEqual(most + piece.length);
  });

  test("a table, a paragraph, are parsed in pieces", () => {
    const parse = (name: string) => parserOfMarkdown.configure(boundedInline()).parse(unfortunateTexts[name]!(100_000));
    for (const name of ["a table", "one long paragraph"]) {
      for (const { from, to } of [parse(name).topNode.firstChild!]) expect(to - from).toBeLessThan(MOST_UNITS + 100);
    }
  });

  test.each([
    ["quotes", ">".repeat(1_900)],
    ["quotes", "> ".repeat(900)],
    ["lists", "- ".repeat(900)],
    ["numbered lists", "1. ".repeat(600)],
    ["quotes in lists", "- > ".repeat(400)],
  ])("%s stand in each other to some depth", (_, line) => {
    const text = `${line}a\n`.repeat(20);
    const tree = parserOfMarkdown.configure(boundedInline()).parse(text);
    let [depth, deepest] = [0, 0];
    tree.iterate({ enter: () => void (deepest = Math.max(deepest, ++depth)), leave: () => void (depth -= 1) });
    expect(deepest).toBeLessThan(2 * DEEPEST + 5); // an item stands in its list
    expect(tree.length).toBe(text.length);
  });

  test("what people write is parsed as before", () => {
    const text = `# a [b](c)\n\n${"Some *prose*, `code` and [links](https://a.example) of a writer. ".repeat(60)}\n\n- [x] done\n\n${"> ".repeat(12)}a\n\n- a\n  - b\n    1. c\n`;
    expect(String(parserOfMarkdown.configure(boundedInline()).parse(text))).toBe(String(parserOfMarkdown.parse(text)));
  });
});

test("the corpus has texts for each language but Markdown, which has its own", () => {
  const without = languages.filter(({ id }) => unfortunatePieces(id).length === 0).map(({ id }) => id);
  expect(without).toEqual(["markdown"]);
});

test(`whatever the text and the language are, it is parsed to its end, by seed ${SEED}`, async () => {
  const random = Random.of(SEED, "texts");
  for (let i = 0; i < 40; i++) {
    const { id } = random.pick(languages);
    const corpus = { ...unfortunateTexts, ...unfortunateCode(id) };
    const text = random.chance(50) ? unfortunateText(random, 4_000, unfortunatePieces(id)) : corpus[random.pick(Object.keys(corpus))]!(4_000);
    const { language } = (await loadLanguage(id))!;
    expect(language.parser.parse(text).length, `${id}: ${JSON.stringify(text.slice(0, 80))}`).toBe(text.length);
  }
}, 60_000);

describe("colours", () => {
  const WHY = "too long";

  async function viewOf(doc: string): Promise<EditorView> {
    const view = new EditorView({ doc, extensions: [(await loadLanguage("json"))!, colours(WHY)] });
    parsed(view);
    return view;
  }

  /** On a busy machine a change is shown before all of it is parsed. */
  function parsed(view: EditorView): void {
    ensureSyntaxTree(view.state, view.state.doc.length, 10_000);
    view.dispatch({ selection: { anchor: 0 } });
    expect(syntaxTree(view.state).length).toBe(view.state.doc.length);
  }

  const spans = (view: EditorView) => view.contentDOM.querySelectorAll(".cm-line span").length;
  const said = (view: EditorView) => view.contentDOM.querySelectorAll(`[title="${WHY}"]`).length;

  test("are there, and a line that would have thousands goes without and says so", async () => {
    const short = await viewOf('[1, "two"]');
    expect(spans(short)).toBeGreaterThan(1);
    expect(said(short)).toBe(0);
    const minified = await viewOf(`[${'{"a":1},'.repeat(400)}{}]\n[1, "two"]`);
    expect(said(minified)).toBe(1);
    expect(spans(minified)).toBeLessThan(10);
    minified.dispatch({ changes: { from: 1, to: 1 + 8 * 390 } });
    parsed(minified);
    expect(said(minified)).toBe(0);
    expect(spans(minified)).toBeGreaterThan(10);
  });

  test("a long line of few colours keeps them, a longer one does not", async () => {
    const long = await viewOf(`["${"a".repeat(4_000)}", 1]`);
    expect([said(long), spans(long) > 0]).toEqual([0, true]);
    const longer = await viewOf(`["${"a".repeat(6_000)}", 1]`);
    expect([said(longer), spans(longer)]).toEqual([1, 0]);
  });
});
