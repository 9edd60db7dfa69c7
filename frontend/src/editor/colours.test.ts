import { highlightTree } from "@lezer/highlight";
import { expect, test } from "vitest";
import { Random } from "../testing/random";
import { within } from "./colours";
import { highlight } from "./highlight";
import { codeLanguage } from "./language_catalogue";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

const TEXTS: Record<string, string> = {
  javascript: "function f(a) { return `x ${a} y` + /b/.test(a); } // c\n",
  markdown: "# *Heading*\n\n- [a](http://b) **c**\n\n```js\nlet d = 1;\n```\n\n<b title='e'>f</b>\n\n",
  html: "<p class=a>b</p><script>let c = 1;</script><style>d { e: f }</style>\n",
  python: "def f(a):\n    return 'b' + str(1)\n",
  json: '{"a": [1, true, "b"]}\n',
};

test.each(Object.keys(TEXTS))(`a part of a tree has the colours of the whole one, in %s, by seed ${SEED}`, async (name) => {
  const random = Random.of(SEED, name);
  const { language } = await codeLanguage(name)!.load();
  const text = TEXTS[name]!.repeat(200);
  const tree = language.parser.parse(text);
  for (let round = 0; round < 60; round++) {
    const from = random.below(text.length);
    const to = Math.min(text.length, from + random.between(1, 400));
    const colours = (part: typeof tree) => {
      const spans: unknown[] = [];
      highlightTree(part, highlight, (...span) => spans.push(span), from, to);
      return spans;
    };
    expect(colours(within(tree, from, to))).toEqual(colours(tree));
  }
});
