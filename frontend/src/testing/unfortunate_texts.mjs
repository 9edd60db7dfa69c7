/**
 * Texts that are unfortunate for an editor: for its parsers, its layout, or what
 * walks over either of them. Each is made by repeating or nesting a few characters, so that
 * the corpus is a page long and its texts are as long as is asked for.
 *
 * Plain JavaScript, because the benches of the page read it without a build.
 */

import { lines, repeated } from "./repeated.mjs";

/** What is repeated on one line, by a name that a test can say. */
const PIECES = {
  json: '{"id":17,"name":"no 17","tags":["a","b"],"on":true},',
  script: "function f(a,b){return a<b?{s:a+b,t:'x'}:[a,b].map(x=>x*2)};",
  style: ".a>b:hover{color:#fff;margin:0 1px}",
  markup: '<p class="a">b<br/>c &amp; d</p>',
  prose: "The quick brown fox jumps over the lazy dog. ",
  base64: "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0123456789abcd+/",
  word: "a",
  spaces: " ",
  tabs: "\t",
  hebrew: "שלום עולם, ",
  bidi: "a א1 ",
  "right-to-left marks": "a\u202Eb\u202C",
  isolates: "\u2067a",
  combining: "\u0301",
  "marks on letters": "a\u0301\u0302\u0303\u0304",
  families: "👨‍👩‍👧‍👦",
  flags: "🇩🇪",
  joiners: "\u200D",
  "zero width": "\u200B",
  "soft hyphens": "a\u00AD",
  controls: "\u0001",
  cjk: "漢字かな混じり文。",
  "wide letters": "\uFDFD",
};

/** What is repeated without a line end, and again with one after each. Most are opened and never closed. */
const TOKENS = [
  "[", "(", "{", "<", ">", "*", "_", "`", "~", "#", "=", "-", "+", "|", "!", "\\", "&", "@", "$", "%", "'", '"', "/", ":", ";", ",", "?", "^", ".",
  "]", ")", "}", "[]", "()", "{}", "[](", "![a](", "[a](b ", "[a][b] ", "[a]: b ", "[^a]", "](", "]]", "*a ", "**a", "a**b", "_a*", "*_", "a*_b", "~~a", "`a``",
  "``` ", "<a", "<a ", "<a b='", "<a b=", "</a>", "<a>", "<div>", "<p>", "<b><i>", "<!--", "<![CDATA[", "<?", "<?php ", "<%", "<!a ", "<script>", "<style>", "<textarea>", "<svg>",
  "&a", "&#1", "http://", "http://a.b/", "www.", "a@b.", "a@", "|a", "|-", "> ", "- ", "1. ", "* - + ", "# ", "#a ", ": ", "- a: ",
  "/*", "//", "<<EOF ", '"""', "'''", "`${", "${`", "#{", "{{", "{%", "{#", "(*", "{-", "--[[", "[[", "[=[", "=begin ", "=pod ", "<<<", "(?", "(|", "(a,", "((a)", "[a,", "{a:", "{a:[", "f(",
  "a(b)", "a=>", "(a)=>", "a?b:", "a?", "a.b", "a,", "-a", "!a", "a+", "a<b,", "a<", "a::", "a|", "a=", "new ", "await ", "yield ", "async ", "function(", "function a(){", "if(a)", "if a then ", "else ", "for(;;)",
  "begin ", "end ", "do ", "case ", "let a=", "let a in ", "\\x->", "fn(", "@a ", "@a{", "a{b:", "a{", "#a{", "&:", "SELECT (", "CASE WHEN ", "'a' || ", "$a", "${", "$(", "$((", "`$(", "%{", "%(", "\\begin{a}", "\\a{", "$$",
  "\\frac{", "^{", "/a/", "/(", "/[", "s/", "q(", "m{", "0x", "1e", "1.", "1_", "a'", "'a", "r#\"", "R\"(", "<<", "->", "=>", "*a[", "(int)", "a b ", "not ", "lambda: ", "lambda a:", "!a:", "&a *a ", "? ", "--- ", "...", "\u3000", "\uFEFF", "é",
];

/** @type {Record<string, (units: number) => string>} */
export const unfortunateTexts = {
  "nothing but line ends": (units) => "\n".repeat(units),
  "lines of one letter": (units) => repeated("a\n", units),
  "lines of one space": (units) => repeated(" \n", units),
  "equal headings": (units) => repeated("# h\n\n", units),
  "equal paragraphs": (units) => repeated("p\n\n", units),
  "one long paragraph": (units) => repeated("some words of prose\n", units),
  "a list": (units) => repeated("- a\n", units),
  "a list of links": (units) => repeated("- [a](b) *c* `d`\n", units),
  "a numbered list": (units) => lines((i) => `${i}. a`, units),
  "a table": (units) => `|a|b|\n|-|-|\n${repeated("|1|2|\n", units - 12)}`,
  "a table of many columns": (units) => `${"|a".repeat(40)}\n${"|-".repeat(40)}\n${repeated(`${"|1".repeat(40)}\n`, units)}`,
  "a wide table": (units) => `${repeated("|a", units / 4)}\n${repeated("|-", units / 4)}\n${repeated("|1", units / 4)}\n`,
  "a staircase of lists": (units) => lines((i) => `${"  ".repeat(i % 200)}- a`, units),
  "a staircase of keys": (units) => lines((i) => `${" ".repeat(i % 300)}a:`, units),
  "a staircase up": (units) => lines((i) => `${" ".repeat(i)}a`, units),
  "a staircase of blocks": (units) => lines((i) => `${" ".repeat(i % 300)}if a:`, units),
  "quotes in quotes": (units) => lines((i) => `${"> ".repeat(i % 400)}a`, units),
  "deep quotes": (units) => lines(() => `${"> ".repeat(300)}a`, units),
  "rules": (units) => repeated("* * *\n", units),
  "link definitions": (units) => lines((i) => `[a${i}]: http://b.example/${i} "t"`, units),
  "equal link definitions": (units) => repeated("[a]: b\n", units),
  "references": (units) => `[a]: b\n\n${repeated("[a] ", units - 8)}`,
  "references on lines": (units) => `[a]: b\n\n${repeated("[a]\n", units - 8)}`,
  "footnotes": (units) => lines((i) => `[^${i}]: a[^${i + 1}]`, units),
  "images": (units) => repeated("![a](https://b.example/c.png)\n\n", units),
  "links": (units) => repeated("[a](https://b.example/c) ", units),
  "an open fence": (units) => `\`\`\`js\n${repeated("let a = [1, 2];\n", units - 6)}`,
  "fences": (units) => repeated("```js\nlet a;\n```\n", units),
  "fences of many languages": (units) => lines((i) => `\`\`\`${["js", "py", "html", "css", "sql", "sh", "c", "xml"][i % 8]}\na(b\n\`\`\`\n`, units),
  "an open fence in a fence": (units) => repeated("````\n```\n", units),
  "front matter without end": (units) => `---\n${repeated("a: b\n", units - 4)}`,
  "html blocks": (units) => repeated("<div>\n\n", units),
  "html comments": (units) => repeated("<!-- a\n", units),
  "a list of tags": (units) => repeated("- <b>\n", units),
  "a list of fences": (units) => repeated("- ```js\n  let a;\n  ```\n", units),
  "a fence in a list": (units) => `- \`\`\`js\n${repeated("  let a;\n", units - 8)}`,
  "a fence in a quote": (units) => `> \`\`\`js\n${repeated("> let a;\n", units - 8)}`,
  "html in a quote": (units) => `> <div>\n${repeated("> <b>\n", units - 8)}`,
  "tags in quotes": (units) => repeated("> <b>\n>\n", units),
  "a comment in a quote": (units) => `> <!--\n${repeated("> a\n", units - 7)}`,
  "tags in tags": (units) => `<div>\n${repeated("<b>\n", units - 6)}`,
  "scripts in html": (units) => repeated("<script>let a = `${b}`;</script>\n", units),
  "styles in html": (units) => repeated("<style>a{b:c}</style>\n", units),
  "an open string": (units) => `a = "${repeated("b c\n", units - 5)}`,
  "open strings": (units) => repeated('a = "b\n', units),
  "an open comment": (units) => `/* ${repeated("a b\n", units - 3)}`,
  "open comments": (units) => repeated("/* a\n", units),
  "an open here-document": (units) => `cat <<EOF\n${repeated("a $b\n", units - 10)}`,
  "here-documents": (units) => lines((i) => `cat <<E${i}`, units),
  "opening braces": (units) => repeated("{\n", units),
  "closing braces": (units) => repeated("}\n", units),
  "opening and closing": (units) => "(".repeat(units / 2) + ")".repeat(units / 2),
  "opening and closing on lines": (units) => "(\n".repeat(units / 4) + ")\n".repeat(units / 4),
  "nested tags": (units) => "<a>\n".repeat(units / 9) + "</a>\n".repeat(units / 9),
  "a program": (units) => lines((i) => `export function f${i}(a, b) { return a < b ? [a, "no ${i}"] : { b }; } // done`, units),
  "long lines": (units) => lines((i) => repeated(`${PIECES.json}${i}`, 900), units),
  "longer lines": (units) => lines((i) => repeated(`${PIECES.script}${i}`, 1_900), units),
  "very long lines": (units) => lines((i) => repeated(`${PIECES.json}${i}`, 9_900), units),
  "long lines of links": (units) => lines(() => repeated("[a](b) *c* `d` ", 1_900), units),
  "short lines of marks": (units) => lines(() => `a${"\u0301".repeat(60)}`, units),
  "short lines that nobody sees": (units) => lines(() => "\u200B".repeat(80), units),
  "short lines of controls": (units) => lines(() => "\u0001".repeat(80), units),
  "short lines both ways": (units) => lines(() => repeated("a א1 ", 80), units),
  "one long line in the middle": (units) => `${"a\n".repeat(200)}${repeated(PIECES.json, units - 800)}\n${"b\n".repeat(200)}`,
  ...Object.fromEntries(Object.entries(PIECES).map(([name, piece]) => [`one line: ${name}`, (/** @type {number} */ units) => repeated(piece, units)])),
  ...Object.fromEntries(TOKENS.map((token) => [`one line: ${JSON.stringify(token)}`, (/** @type {number} */ units) => repeated(token, units)])),
  ...Object.fromEntries(TOKENS.map((token) => [`lines of ${JSON.stringify(token)}`, (/** @type {number} */ units) => repeated(`${token}\n`, units)])),
  ...Object.fromEntries(TOKENS.map((token) => [`long lines of ${JSON.stringify(token)}`, (/** @type {number} */ units) => lines(() => repeated(token, 1_900), units)])),
};

/** What a piece is made into, by a name that a message can say.
 * @type {Record<string, (piece: string, units: number, random: { below(limit: number): number }) => string>} */
const SHAPES = {
  "one line": (piece, units) => repeated(piece, units),
  lines: (piece, units) => repeated(`${piece}\n`, units),
  blocks: (piece, units) => repeated(`${piece}\n\n`, units),
  "long lines": (piece, units, random) => lines(() => repeated(piece, 100 + random.below(6_000)), units),
  "a staircase": (piece, units, random) => {
    const deepest = 2 + random.below(300);
    return lines((i) => " ".repeat(i % deepest) + piece, units);
  },
  "deep lines": (piece, units, random) => {
    const [before, depth] = [["> ", "- ", "\t", "  ", "1. ", ">"][random.below(6)], 1 + random.below(900)];
    return lines(() => before?.repeat(depth) + piece, units);
  },
  "a table": (piece, units, random) => {
    const columns = 1 + random.below(60);
    const cells = piece.replaceAll("\n", " ");
    return `${"|a".repeat(columns)}\n${"|-".repeat(columns)}\n${repeated(`${`|${cells}`.repeat(columns)}\n`, units)}`;
  },
  "a line in a program": (piece, units) => `${"let a = 1;\n".repeat(50)}${repeated(piece, units - 1_200)}\n${"let b = 2;\n".repeat(50)}`,
};

/** Another such text: pieces of the corpus and of `more`, in a shape and behind a beginning that are drawn by chance.
 * @param {{ below(limit: number): number }} random @param {number} units @param {readonly string[]} more */
export function unfortunateText(random, units, more = []) {
  /** @template T @param {readonly T[]} all */
  const pick = (all) => /** @type {T} */ (all[random.below(all.length)]);
  const part = () => (more.length > 0 && random.below(2) === 0 ? pick(more) : pick(random.below(4) === 0 ? Object.values(PIECES) : TOKENS));
  const parts = Array.from({ length: 1 + random.below(4) }, part);
  const shape = pick(Object.values(SHAPES));
  const before = random.below(3) === 0 ? `${pick(TOKENS)}\n` : "";
  return (before + shape(parts.join(pick(["", " ", "\n", "\t", "\0"])), units, random)).slice(0, units);
}
