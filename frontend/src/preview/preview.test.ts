// @vitest-environment happy-dom
import { describe, expect, test, vi } from "vitest";
import { addressOf, isRemoteImage } from "./addresses";
import { type Colour, Preview } from ".";

const words = { image: (alt: string, host: string) => `${alt} (${host})` };
const plain = () => {};

function shown(text: string, { hasRemoteImages = false, colour = plain as Colour } = {}) {
  const parent = document.createElement("div");
  const held = new Preview(parent, words, colour).show(text, hasRemoteImages);
  return { parent, held };
}

const html = (text: string) => shown(text).parent.innerHTML;

describe("Markdown becomes elements", () => {
  test.each([
    ["# One", "<h1>One</h1>"],
    ["a **b** *c* ~~d~~ `e`", "<p>a <strong>b</strong> <em>c</em> <s>d</s> <code>e</code></p>"],
    ["> q", "<blockquote><p>q</p></blockquote>"],
    ["3. x", '<ol start="3"><li><p class="tight">x</p></li></ol>'],
    ["- [x] done\n- [ ] open", "☑ done"],
    ["- [x] done\n- [ ] open", "☐ open"],
    ["- [x] done\n- no task", '<li class="task"><p class="tight">☑ done</p></li>'],
    ["- [ ] ", '<li class="task"><p class="tight">☐ </p></li>'],
    ["[x] no list", "<p>[x] no list</p>"],
    ["```js\n<b>\n```", "<code>&lt;b&gt;\n</code></pre>"],
    ["a|b\n:-|-:\n1|2", '<td class="align-right">2</td>'],
    ["one  \ntwo", "<p>one<br>two</p>"],
    ["&amp; &copy;", "<p>&amp; ©</p>"],
  ])("%j", (text, part) => expect(html(text)).toContain(part));
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
    const preview = new Preview(parent, words, plain);
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

describe("following a text", () => {
  test("keeps the elements of what did not change", () => {
    const parent = document.createElement("div");
    const preview = new Preview(parent, words, plain);
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

  test("a link changes with the address it refers to", () => {
    const parent = document.createElement("div");
    const preview = new Preview(parent, words, plain);
    preview.show("[x][r]\n\n[r]: https://one.example");
    preview.show("[x][r]\n\n[r]: https://two.example");
    expect(parent.querySelector("a")?.href).toBe("https://two.example/");
  });

  test("scrolls to the block that holds a line", () => {
    const parent = document.createElement("div");
    const preview = new Preview(parent, words, plain);
    preview.show("one\n\ntwo\n\nthree");
    Object.defineProperty(parent.children[1], "offsetTop", { value: 120 });
    parent.scrollTo = vi.fn() as typeof parent.scrollTo;
    preview.scrollToLine(3);
    expect(parent.scrollTo).toHaveBeenCalledWith({ top: 120 });
  });
});
