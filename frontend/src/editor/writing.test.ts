// @vitest-environment happy-dom
import { closeBrackets } from "@codemirror/autocomplete";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { forceParsing } from "@codemirror/language";
import { languages } from "@codemirror/language-data";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { afterEach, describe, expect, test } from "vitest";
import { settings, type Settings } from "../browser";
import { isProse } from "./prose";
import { helpIn } from "./writing";

let view: EditorView;

const load = (wanted: string) => languages.find(({ name }) => name === wanted)!.load();

afterEach(() => view.destroy());

function open(doc: string, language: string | null, support: Extension = [], chosen: Partial<Settings> = {}): void {
  const help = helpIn(language, { ...settings.value, ...chosen });
  view = new EditorView({ doc, selection: { anchor: doc.length }, extensions: [help, closeBrackets(), support] });
  forceParsing(view, doc.length, 5000);
}

/** Types at the end, a key at a time. */
function type(text: string): string {
  for (const key of text) {
    const at = view.state.selection.main.head;
    const insert = () => view.state.update(view.state.replaceSelection(key), { userEvent: "input.type" });
    const isHandled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, at, at, key, insert));
    if (!isHandled) view.dispatch(insert());
  }
  return view.state.doc.toString();
}

describe("brackets and quotes close", () => {
  const smileys = `'tis :-( "so [x {`;

  test.each([null, "plaintext"])("in no plain text: %j", (language) => {
    open("", language);
    expect(type(smileys)).toBe(smileys);
  });

  test("in code", async () => {
    open("", "javascript", await load("JavaScript"));
    expect(type("f(")).toBe("f()");
  });

  test("in a language that has no colours here", () => {
    open("", "klingon");
    expect(type("f(")).toBe("f()");
  });

  test("in no prose of Markdown, and in its code", async () => {
    const support = markdown({ base: markdownLanguage, codeLanguages: [] });
    open("", "markdown", support);
    expect(type(smileys)).toBe(smileys);
    view.destroy();
    for (const before of ["```js\nf", "```\nf", "text\n\n    f", "`f"]) {
      open(before, "markdown", support);
      expect(type("("), before).toBe(`${before}${before === "`f" ? "(" : "()"}`); // a lone tick begins no code
      view.destroy();
    }
    open("an <alice", "markdown", support);
    expect(type(">")).toBe("an <alice>");
  });

  test("nowhere when that is switched off", async () => {
    open("<b", "html", await load("HTML"), { closeBrackets: false });
    expect(type(">(")).toBe("<b>(");
    view.destroy();
    open("<b", "html", await load("HTML"));
    expect(type(">")).toBe("<b></b>");
  });
});

describe("spelling is checked", () => {
  const attributes = () => ["spellcheck", "autocorrect", "autocapitalize"].map((it) => view.contentDOM.getAttribute(it));
  const on = ["true", "on", "sentences"];
  const off = ["false", "off", "off"];

  test.each([
    ["prose", null, on], ["prose", "markdown", on], ["prose", "python", off], ["prose", "klingon", off],
    ["always", "python", on], ["never", "markdown", off],
  ] as const)("%s: %j", (spelling, language, expected) => {
    open("", language, [], { spelling });
    expect(attributes()).toEqual(expected);
  });
});

test.each([
  [null, true], ["plaintext", true], ["markdown", true], ["Markdown", true], ["mdx", true], ["python", false], ["html", false],
])("%j is prose: %j", (language, isIt) => {
  open("", null);
  expect(isProse(language)).toBe(isIt);
});
