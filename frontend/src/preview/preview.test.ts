// @vitest-environment happy-dom
import { describe, expect, test, vi } from "vitest";
import { Random } from "../testing/random";
import { addressOf, isRemoteImage } from "./addresses";
import { unfortunateText, unfortunateTexts } from "../testing/unfortunate_texts.mjs";
import { preview as text } from "../strings/preview_en";
import { type Colour, Preview, slice } from ".";
import { SECTION_WEIGHT } from "./preview";
import { weightOf } from "./weight";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

const words = { ...text.words, image: (alt: string, host: string) => `${alt} (${host})` };
const plain = () => {};

const previewIn = (parent: HTMLElement, { colour = plain as Colour, onTick = () => false as boolean } = {}) =>
  new Preview(parent, words, { colour, formula: plain }, { onTick, onClick: plain });

function shown(text: string, { hasRemoteImages = false, colour = plain as Colour } = {}) {
  const parent = document.createElement("div");
  const held = previewIn(parent, { colour }).show(text, hasRemoteImages);
  return { parent, held };
}

const html = (text: string) => shown(text).parent.innerHTML;

describe("images that this host keeps", () => {
  const id = "KyBLju2JxDWKztRltL-jfg";
  test.each([`/image/${id}`, new URL(`/image/${id}`, document.baseURI).href])("%s is shown", (source) => {
    const image = shown(`![a cat](${source})`).parent.querySelector("img")!;
    expect([image.alt, image.src, image.loading]).toEqual(["a cat", new URL(`/image/${id}`, document.baseURI).href, "lazy"]);
  });

  test.each(["/image/short", `/other/${id}`, `//elsewhere.example/image/${id}`, `/image/../api/image/${id}`, `image/${id}/`, `/image/${id}?x=1`])(
    "%s is none of them",
    (source) => expect(shown(`![a cat](${source})`).parent.querySelector("img")).toBeNull(),
  );

  test("one of another site is a link, whatever its path", () => {
    const { parent, held } = shown(`![a cat](https://elsewhere.example/image/${id})`);
    expect([parent.querySelector("img"), held]).toEqual([null, 1]);
  });
});

describe("Markdown becomes elements", () => {
  test.each([
    ["# One", '<h1 data-anchor="one" dir="ltr">One</h1>'],
    ["a **b** *c* ~~d~~ `e`", '<p dir="ltr">a <strong>b</strong> <em>c</em> <s>d</s> <code dir="ltr">e</code></p>'],
    ["> q", '<blockquote dir="ltr"><p dir="ltr">q</p></blockquote>'],
    ["3. x", '<ol start="3" dir="ltr"><li dir="ltr"><p class="tight" dir="ltr">x</p></li></ol>'],
    ["- [x] a *b*\n- no task", '<li class="task" dir="ltr"><p class="tight" dir="ltr"><input type="checkbox" checked="" data-line="0" aria-label="a *b*"> a <em>b</em></p></li>'],
    ["- x\n- [ ] ", '<li class="task"><p class="tight"><input type="checkbox" data-line="1" aria-label=""> </p></li>'],
    ["[x] no list", '<p dir="ltr">[x] no list</p>'],
    ["```js\n<b>\n```", "<code>&lt;b&gt;\n</code></pre>"],
    ["a|b\n:-|-:\n1|2", '<td class="align-right">2</td>'],
    ["one  \ntwo", '<p dir="ltr">one<br>two</p>'],
    ["==a== x^2^ H~2~O ~~b~~", '<mark>a</mark> x<sup>2</sup> H<sub>2</sub>O <s>b</s>'],
    ["Term\n: one\n: two", '<dl><dt dir="ltr">Term</dt><dd dir="ltr"><p class="tight" dir="ltr">one</p></dd><dd'],
    ["see https://a.example/x, a@b.example or README.md", '<a href="https://a.example/x" rel="noopener noreferrer" target="_blank">https://a.example/x</a>, <a href="mailto:a@b.example"'],
    ["see README.md and `https://a.example`", '<p dir="ltr">see README.md and <code dir="ltr">https://a.example</code></p>'],
    ["> [!NOTE]\n> text", '<blockquote class="callout callout-note" dir="ltr"><strong class="callout-title">Note</strong><p dir="ltr">text</p></blockquote>'],
    ["> [!other]\n> text", '<blockquote dir="ltr"><p dir="ltr">[!other]'],
    ["---\ntitle: T\n---\nbody", '<div></div><div><p dir="ltr">body</p></div>'],
    ["---\n\ntitle: T", "<hr>"],
    ["a[^x]\n\n[^x]: note *it*", '<sup data-anchor="fnref-1"><a role="link" tabindex="0" data-to="fn-1" aria-label="Footnote 1">1</a></sup>'],
    ["a[^x]\n\n[^x]: note *it*", '<div class="footnote" data-anchor="fn-1"><a role="link" tabindex="0" data-to="fnref-1" aria-label="1: back to the text">1</a> note <em>it</em></div>'],
    ["a[^x]", "a[^x]"],
    ["# A *b* c!\n# A b c", '<h1 data-anchor="a-b-c-1" dir="ltr">A b c</h1>'],
    ["[TOC]\n\n# One\n\n## Two", '<li class="level-2"><a role="link" tabindex="0" data-to="two">Two</a></li>'],
    ["[a](#größe)", '<a role="link" tabindex="0" data-to="größe">a</a>'],
    ["a $x_1 < 2$ b", '<code dir="ltr" class="formula">x_1 &lt; 2</code>'],
    ["from $5 to $6, $ 7 $ and \\$x$", "from $5 to $6, $ 7 $ and $x$"],
    ["`$x$`", '<code dir="ltr">$x$</code>'],
    ["text\n$$\na\nb\n$$\ntext", '<p dir="ltr">text</p></div><div><code dir="ltr" class="formula-block">a\nb</code></div><div><p dir="ltr">text</p>'],
    ["$$ a $$", '<code dir="ltr" class="formula-block">a</code>'],
    ["$$\na\n\nb", '<code dir="ltr" class="formula-block">a</code></div><div><p dir="ltr">b</p>'],
    ["&amp; &copy;", "<p>&amp; ©</p>"],
  ])("%j", (text, part) => expect(html(text)).toContain(part));
});

describe("each block runs as its first letter does", () => {
  /** The elements with a direction, in order. */
  const directions = (text: string) =>
    Array.from(shown(text).parent.querySelectorAll<HTMLElement>("[dir]"), ({ localName, dir }) => `${localName} ${dir}`);

  test.each([
    ["שלום", ["p rtl"]],
    ["# مرحبا", ["h1 rtl"]],
    ["hello שלום", ["p ltr"]],
    ["1. 2 (שלום)", ["ol rtl", "li rtl", "p rtl"]],
    ["**שלום** hello", ["p rtl"]],
    ["> *שלום*\n>\n> hello", ["blockquote rtl", "p rtl", "p ltr"]],
    ["- hello\n- שלום\n  - hello", ["ul ltr", "li ltr", "p ltr", "li rtl", "p rtl", "ul ltr", "li ltr", "p ltr"]],
    ["|שם|name|1|\n|-|-|-|\n|א|b|2|", ["table rtl", "th rtl", "th ltr", "td rtl", "td ltr"]],
    ["`code` שלום", ["p rtl", "code ltr"]],
    ["[`a` שלום](https://a.example)", ["p rtl", "code ltr"]],
    ["```\nשלום\n```", ["pre ltr"]],
    ["123", []],
    ["\u200f123 hello", ["p rtl"]],
    ["\u{1e900}", ["p rtl"]], // Adlam
  ])("%j: %j", (text, expected) => expect(directions(text)).toEqual(expected));
});

describe("nothing in a text can run", () => {
  test.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x) ![x](javascript:alert(1)) ![x](data:image/svg+xml;base64,PHN2Zz4=)",
    '[x](https://a.example "onclick=alert(1)")',
    "<svg onload=alert(1)><style>*{}</style><iframe src=//evil.example></iframe>",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](/api/health) [y](../other)",
  ])("%s", (text) => {
    const { parent } = shown(text);
    expect(parent.querySelector("script, img, svg, style, iframe, [onerror], [onclick], [onload]")).toBeNull();
    for (const link of parent.querySelectorAll("a")) expect(link.protocol).toMatch(/^(https?|mailto):$/);
    expect(parent.querySelectorAll("[style]")).toHaveLength(0);
  });

  test.each([
    ["https://a.example/x", "https://a.example/x"],
    ["mailto:a@b.example", "mailto:a@b.example"],
    ["JaVaScRiPt:alert(1)", null],
    [" javascript:alert(1)", null],
    ["java\nscript:alert(1)", null],
    ["data:text/html,x", null],
    ["file:///etc/passwd", null],
    ["//evil.example", null],
    ["relative", null],
  ])("a link to %j leads to %j", (text, address) => expect(addressOf(text)).toBe(address));

  test("links open elsewhere and tell nothing", () => {
    const link = shown("[x](https://a.example)").parent.querySelector("a")!;
    expect(link.rel).toBe("noopener noreferrer");
    expect(link.target).toBe("_blank");
  });
});

describe("code", () => {
  test("is coloured by its language, now or later; without one it stays plain", () => {
    const asked: string[] = [];
    let late: (coloured: DocumentFragment) => void = () => {};
    const coloured = (text: string) => {
      const root = document.createDocumentFragment();
      const span = document.createElement("span");
      span.textContent = text;
      root.append(span);
      return root;
    };
    const { parent } = shown("```js\nnow\n```\n\n```py x=1\nlate\n```\n\n```\nplain\n```\n\n    indented", {
      colour: (code, language, put) => {
        asked.push(language);
        if (language === "js") put(coloured(code));
        else late = put;
      },
    });
    expect(asked).toEqual(["js", "py x=1"]);
    expect(Array.from(parent.querySelectorAll("code"), ({ innerHTML }) => innerHTML)).toEqual([
      "<span>now\n</span>", "late\n", "plain\n", "indented\n",
    ]);
    late(coloured("late"));
    expect(parent.querySelectorAll("code")[1]!.innerHTML).toBe("<span>late</span>");
  });
});

describe("images", () => {
  const REMOTE = "![a cat](https://pics.example/cat.png)";

  test("of other sites are held, counted, and named", () => {
    const { parent, held } = shown(`${REMOTE}\n\n${REMOTE}`);
    expect(held).toBe(2);
    expect(parent.querySelector("img")).toBeNull();
    expect(parent.textContent).toContain("a cat (pics.example)");
    expect(isRemoteImage("https://pics.example/cat.png")).toBe(true);
  });

  test("of other sites are shown to who wants them, by HTTPS; one that does not come is a link again", () => {
    const insecure = "![a dog](http://pics.example/dog.png)";
    const { parent, held } = shown(`${REMOTE}\n\n${insecure}`, { hasRemoteImages: true });
    const image = parent.querySelector("img")!;
    expect(image).toMatchObject({ alt: "a cat", src: "https://pics.example/cat.png", referrerPolicy: "no-referrer" });
    expect(held).toBe(1);
    expect(parent.querySelector("a")?.textContent).toBe("a dog (pics.example)");
    image.dispatchEvent(new Event("error"));
    expect(parent.querySelector("img")).toBeNull();
    expect(parent.textContent).toContain("a cat (pics.example)");
  });

  test("come and go with the reader's wish", () => {
    const parent = document.createElement("div");
    const preview = previewIn(parent);
    expect(preview.show(REMOTE, false)).toBe(1);
    expect(preview.show(REMOTE, true)).toBe(0);
    expect(parent.querySelectorAll("img")).toHaveLength(1);
    preview.show(REMOTE, false);
    expect(parent.querySelector("img")).toBeNull();
  });

  test("in the text itself are shown", () => {
    expect(shown("![dot](data:image/png;base64,AAAA)").parent.querySelector("img")?.alt).toBe("dot");
  });
});

describe("a task that is ticked", () => {
  test("is told with its line, wherever its block has moved to, and stays as it was when that is not possible", () => {
    const parent = document.body.appendChild(document.createElement("div"));
    const ticked: unknown[] = [];
    const preview = previewIn(parent, { onTick: (...what) => (ticked.push(what), ticked.length === 1) });
    preview.show("- [ ] a\n- [x] b");
    preview.show("new\n\n- [ ] a\n- [x] b");
    const [a, b] = parent.querySelectorAll("input");
    a!.click();
    b!.click();
    expect(ticked).toEqual([[2, true], [3, false]]);
    expect([a!.checked, b!.checked]).toEqual([true, true]);
    a!.click(); // before the first press is shown
    expect(a!.checked).toBe(true);
    preview.show("- [ ] a\n- [x] b"); // it was taken back at once
    expect([a!.isConnected, a!.checked]).toEqual([true, false]);
  });

  test.each([true, false])("can be pressed, or not, also when that changes at any moment while it is being shown (not: %j)", (isReadOnly) => {
    const disabledAfter = (changesAt: number) => {
      const parent = document.createElement("div");
      const preview = previewIn(parent);
      preview.isReadOnly = !isReadOnly;
      const showing = preview.showing("- [ ] a\n\nwords\n\n- [ ] b\n\n# more\n\n- [ ] c");
      let steps = 0;
      while (!showing.next().done) if (steps++ === changesAt) preview.isReadOnly = isReadOnly;
      return { steps, disabled: Array.from(parent.querySelectorAll("input"), (box) => box.disabled) };
    };
    const { steps } = disabledAfter(0);
    expect(steps).toBeGreaterThan(5);
    for (let at = 0; at < steps; at++) expect(disabledAfter(at), `${at}`).toEqual({ steps, disabled: [isReadOnly, isReadOnly, isReadOnly] });
  });

  test.each([
    ["new\n\na\nb", 0, 2],
    ["a\nnew\nb", 1, 2],
    ["a\nc", 1, null],
    ["", 0, null],
    ["- [x] one\n- [ ] two\n- [x] three", 1, 1],
    ["- [x] one\n- [x] two\n- [x] three", 1, 1],
    ["new\n- [x] two\n- [ ] two and a half\n", 1, 1],
    ["- [x] one\n- [ ] two, and more\n- [x] three", 1, 1],
    ["- [x] one\n- [x] another\n- [x] three", 1, null],
    ["- [x] two\n- [ ] two\n", 1, null],
  ])("in a text that is %j by now, line %i is %j", (text, line, now) => {
    const preview = previewIn(document.createElement("div"));
    preview.show(text.startsWith("-") || text.includes("two") ? "- [ ] one\n- [ ] two\n- [ ] three" : "a\nb");
    expect(preview.lineIn(text, line)).toBe(now);
  });
});

describe("following a text", () => {
  test("keeps the elements of what did not change", () => {
    const parent = document.createElement("div");
    const preview = previewIn(parent);
    preview.show("# Title\n\nfirst\n\nfirst\n\nlast");
    const [title, first, second, last] = parent.children;
    preview.show("# Title\n\nnew\n\nfirst\n\nfirst\n\nlast, changed");
    expect([...parent.children].map(({ textContent }) => textContent)).toEqual([
      "Title", "new", "first", "first", "last, changed",
    ]);
    expect(parent.children[0]).toBe(title);
    expect(parent.children[2]).toBe(first);
    expect(parent.children[3]).toBe(second);
    expect(last!.parentElement).toBeNull();
    preview.show("");
    expect(parent.children).toHaveLength(0);
  });

  const LINES = [
    "", "", "", "words[^1] and https://a.example", "# title", "# title", "## other", "---", "title: x", "...", "[TOC]", "[^1]: note", "[^2]: note", "more[^2]",
    "$$", "$$ x", "a $x$", "term", ": meaning", "- item", "    inner", "> [!NOTE]", "> quote", "[r]: https://r.example", "[^1][r]", "```",
  ];
  test(`a text that changes is shown as if it were new (seed ${SEED})`, () => {
    /** Definitions that follow each other are one block, or stay the blocks that they were before: nothing is seen of either. */
    const seen = (page: string) => page.replaceAll("<div></div>", "");
    const random = Random.of(SEED, "preview");
    for (let round = 0; round < 8; round++) {
      const parent = document.createElement("div");
      const preview = previewIn(parent);
      const lines = Array.from({ length: random.below(20) }, () => random.pick(LINES));
      for (let edit = 0; edit < 20; edit++) {
        const at = random.below(2) * random.below(lines.length + 1);
        lines.splice(at, random.below(3), ...Array.from({ length: random.below(3) }, () => random.pick(LINES)));
        const text = lines.join("\n");
        preview.show(text);
        expect(seen(parent.innerHTML), JSON.stringify(text)).toBe(seen(html(text)));
      }
    }
  });

  test("a link changes with the address it refers to", () => {
    const parent = document.createElement("div");
    const preview = previewIn(parent);
    preview.show("[x][r]\n\n[r]: https://one.example");
    preview.show("[x][r]\n\n[r]: https://two.example");
    expect(parent.querySelector("a")?.href).toBe("https://two.example/");
  });

  describe("scrolls to where a line is seen", () => {
    /** Shows the text with each element where its first word stands in the text, code with its fence, at 10 pixels
     * a line. */
    function scroller(text: string) {
      const parent = document.createElement("div");
      const preview = previewIn(parent);
      preview.show(text);
      const lines = text.split("\n");
      const place = (element: Element) => {
        const first = lines.findIndex((line) => line.includes(element.textContent!.trim().slice(0, 3)));
        const top = 10 * (element.localName === "pre" ? first - 1 : first);
        const bottom = top + (element.localName === "pre" ? 30 : 10);
        element.getBoundingClientRect = () => ({ top, bottom }) as DOMRect;
      };
      for (const element of parent.querySelectorAll("*")) place(element);
      parent.getBoundingClientRect = () => ({ top: 0 }) as DOMRect;
      const scrolled = vi.fn();
      parent.scrollTo = scrolled as typeof parent.scrollTo;
      return (line: number) => {
        preview.scrollToLine(line);
        return scrolled.mock.lastCall?.[0].top as number | undefined;
      };
    }

    test.each([
      ["paragraphs", "aaa\n\nbbb\n\nccc\n\nddd"],
      ["a list", "- aaa\n- bbb\n  - ccc\n  - ddd\n- eee\n\nfff"],
      ["a loose list", "1. aaa\n\n   bbb\n\n2. ccc\n\nddd"],
      ["a table", "|aaa|\n|-|\n|bbb|\n|ccc|\n\nddd"],
      ["a quote", "> aaa\n>\n> bbb\n>\n> > ccc\n\nddd"],
      ["code in a list", "- aaa\n\n  ```\n  bbb\n  ```\n\n- ccc\n\nddd"],
    ])("%s", (_, text) => {
      const to = scroller(text);
      const lines = text.split("\n");
      for (const [n, line] of lines.entries()) if (/[a-f]{3}/.test(line)) expect(to(n), line).toBe(10 * n);
      for (let n = 0.5; n < lines.length - 1; n++) expect(to(n), `${n}`).toBeCloseTo(10 * n, -1);
    });

    test("a tall paragraph ends where its line does, and not in the empty line behind it", () => {
      const parent = document.createElement("div");
      const preview = previewIn(parent);
      preview.show("aaa\n\n- bbb\n\n- ccc");
      const place = (selector: string, top: number, bottom: number) =>
        parent.querySelectorAll(selector).forEach((it) => (it.getBoundingClientRect = () => ({ top, bottom }) as DOMRect));
      place("div:first-child, div:first-child > p", 0, 100);
      place("div:last-child, ul, li:first-child, li:first-child > p", 110, 210);
      place("li:last-child, li:last-child > p", 220, 320);
      parent.getBoundingClientRect = () => ({ top: 0 }) as DOMRect;
      const scrolled = vi.fn();
      parent.scrollTo = scrolled as typeof parent.scrollTo;
      const to = (line: number) => (preview.scrollToLine(line), scrolled.mock.lastCall?.[0].top as number);
      expect([0.5, 1, 1.5, 2.5, 3, 3.5, 4].map((line) => Math.round(to(line)))).toEqual([50, 100, 105, 160, 210, 215, 220]);
    });

    test("what was inserted above counts", () => {
      const parent = document.createElement("div");
      const preview = previewIn(parent);
      preview.show("- aaa\n- bbb");
      preview.show("new\n\n- aaa\n- bbb");
      const [, second] = parent.querySelectorAll("li");
      second!.getBoundingClientRect = () => ({ top: 70, bottom: 80 }) as DOMRect;
      parent.scrollTo = vi.fn() as typeof parent.scrollTo;
      preview.scrollToLine(3);
      expect(parent.scrollTo).toHaveBeenCalledWith({ top: 70 });
    });

    test("the beginning is at the top, and what is not shown yet is waited for", () => {
      const parent = document.createElement("div");
      const preview = previewIn(parent);
      parent.scrollTo = vi.fn() as typeof parent.scrollTo;
      const showing = preview.showing("aaa\n\nbbb\n\nccc");
      preview.scrollToLine(4);
      while (parent.childElementCount === 0 && !showing.next().done) preview.scrollToLine(4);
      while (!showing.next().done);
      expect(parent.scrollTo).not.toHaveBeenCalled();
      preview.scrollToLine(0);
      expect(parent.scrollTo).toHaveBeenCalledWith({ top: 0 });
    });
  });
});

describe("a long text", () => {
  const MOST_NODES = 6_000;

  /** Shows it, and counts the elements and texts of which it consists, and the most that one slice has put into the page. */
  function shownInSlices(text: string): { all: number; most: number } {
    const parent = document.createElement("div");
    const preview = previewIn(parent);
    const nodes = () => {
      let count = 0;
      for (const walker = document.createTreeWalker(parent); walker.nextNode(); ) count += 1;
      return count;
    };
    let [before, most] = [nodes(), 0];
    for (const showing = preview.showing(text); ; ) {
      const { done } = slice(showing, () => 0);
      const now = nodes();
      most = Math.max(most, now - before);
      before = now;
      if (done) return { all: now, most };
    }
  }

  test.each(["lines of one letter", "html blocks", "equal headings", "a list", "a table", "rules"])("of %s comes in slices that a browser lays out soon", (name) => {
    const { all, most } = shownInSlices(unfortunateTexts[name]!(40_000));
    expect(all).toBeGreaterThan(10_000);
    expect(most).toBeLessThan(MOST_NODES);
  });

  test(`of other kinds does so, too, by seed ${SEED}`, () => {
    const random = Random.of(SEED, "slices");
    for (let i = 0; i < 6; i++) {
      const text = unfortunateText(random, 20_000);
      expect(shownInSlices(text).most, JSON.stringify(text.slice(0, 100))).toBeLessThan(MOST_NODES);
    }
  }, 60_000);

  /** The blocks that are shown, in order; in sections, none of which is heavy. */
  function blocksIn(parent: Element): string[] {
    const sections = parent.querySelectorAll(".section");
    for (const { children } of sections) {
      const weight = Array.from(children, ({ textContent }) => weightOf(textContent)).reduce((a, b) => a + b, 0);
      expect(children.length === 1 || weight < 2 * SECTION_WEIGHT).toBe(true);
    }
    const holders = sections.length > 0 ? [...sections] : [parent];
    return holders.flatMap(({ children }) => Array.from(children, ({ innerHTML }) => innerHTML));
  }

  test(`that changes is shown as if it were new, by seed ${SEED}`, () => {
    const random = Random.of(SEED, "long texts");
    const parent = document.createElement("div");
    const preview = previewIn(parent);
    const paragraph = () => `${"words ".repeat(random.below(40))}${random.below(9)}\n${random.chance(10) ? "[r]: http://r.example\n" : "[r]\n"}`;
    const paragraphs = Array.from({ length: 250 }, paragraph);
    for (let edit = 0; edit < 6; edit++) {
      const [at, removed, added] = [random.below(paragraphs.length), random.below(200), random.below(200)];
      paragraphs.splice(at, removed, ...Array.from({ length: added }, paragraph));
      const text = paragraphs.join("\n");
      preview.show(text);
      expect(blocksIn(parent)).toEqual(blocksIn(shown(text).parent));
    }
  }, 60_000);
});
