// @vitest-environment happy-dom
import { history, undo } from "@codemirror/commands";
import { EditorSelection, EditorState, Transaction } from "@codemirror/state";
import { describe, expect, test } from "vitest";
import { changesIn, cleanInput } from "./clean_input";
import { codeLanguage, extensionOf, isForeign, knownLanguage, languageName, languageOfFile, languages, loadLanguage } from "./language_catalogue";
import { remote } from "./remote";

/** The ids that Monaco knows, which Rustpad lets people choose from. */
const MONACO = `abap aes apex azcli bat bicep c cameligo clojure coffeescript cpp csharp csp css cypher dart dockerfile ecl
  elixir flow9 freemarker2 fsharp go graphql handlebars hcl html ini java javascript json julia kotlin less lexon liquid
  lua m3 markdown mdx mips msdax mysql objective-c pascal pascaligo perl pgsql php pla postiats powerquery powershell
  proto pug python qsharp r razor redis redshift restructuredtext ruby rust sb scala scheme scss shell sol sparql sql st
  swift systemverilog tcl twig typescript typespec vb verilog wgsl xml yaml`.split(/\s+/);
const WITHOUT_COLOURS = "abap aes bat bicep csp graphql hcl lexon pla powerquery redis restructuredtext".split(" ");

function stateOf(doc: string): EditorState {
  return EditorState.create({ doc, extensions: [cleanInput(), history()] });
}

describe("input is cleaned before anybody has it", () => {
  test.each([
    ["line ends", "ab", 1, 1, "x\r\ny\rz", "ax\ny\nzb"],
    ["a lone surrogate", "ab", 1, 1, "\uD83D", "a\uFFFDb"],
    ["one half of an emoji made another", "😀", 1, 2, "\uDE01", "😁"],
    ["the first half too", "😀", 0, 1, "\uD83E", "🨀"],
    ["a half deleted", "a😀b", 1, 2, "", "a\uFFFDb"],
    ["nothing to clean", "ab", 1, 2, "語😀", "a語😀"],
  ])("%s", (_, doc, from, to, insert, result) => {
    const tr = stateOf(doc).update({ changes: { from, to, insert } });
    expect(tr.state.doc.toString()).toBe(result);
    let rebuilt = doc;
    for (const change of changesIn(tr).toReversed()) {
      rebuilt = rebuilt.slice(0, change.from) + change.insert + rebuilt.slice(change.to);
    }
    expect(rebuilt, "the session is told the same").toBe(result);
  });

  test("the caret, the kind of edit and the scrolling stay as they were asked for", () => {
    const tr = stateOf("ab").update({
      changes: { from: 1, insert: "X\r\nY" },
      selection: { anchor: 5 },
      userEvent: "input.paste",
      scrollIntoView: true,
    });
    expect(tr.state.doc.toString()).toBe("aX\nYb");
    expect(tr.state.selection.main.head).toBe(4);
    expect(tr.isUserEvent("input.paste")).toBe(true);
    expect(tr.scrollIntoView).toBe(true);
  });

  test("several carets stay, each behind what was put in at it", () => {
    const extensions = [cleanInput(), EditorState.allowMultipleSelections.of(true)];
    const state = EditorState.create({ doc: "ab", extensions });
    const changes = [{ from: 0, insert: "1\r" }, { from: 2, insert: "2\uD83D" }];
    const tr = state.update({ changes, selection: EditorSelection.create([EditorSelection.cursor(2), EditorSelection.cursor(6)]) });
    expect(tr.state.doc.toString()).toBe("1\nab2\uFFFD");
    expect(tr.state.selection.ranges.map(({ head }) => head)).toEqual([2, 6]);
  });

  test("a pair that is typed as its two halves is one character, at every caret", () => {
    const extensions = [cleanInput(), EditorState.allowMultipleSelections.of(true)];
    let state = EditorState.create({ doc: "ab", extensions, selection: EditorSelection.create([EditorSelection.cursor(0), EditorSelection.cursor(2)]) });
    const type = (unit: string) => (state = state.update(state.replaceSelection(unit)).state);
    type("\uD83C");
    expect(state.doc.toString()).toBe("\uFFFDab\uFFFD");
    state = state.update({ changes: { from: 0, insert: "of others " }, annotations: remote.of(true), filter: false }).state;
    type("\uDFBB");
    expect(state.doc.toString()).toBe("of others 🎻ab🎻");
    expect(state.selection.ranges.map(({ head }) => head)).toEqual([12, 16]);
    type("\uDFBB");
    expect(state.doc.toString()).toBe("of others 🎻\uFFFDab🎻\uFFFD");
  });

  test("a half that stays alone is not joined with what comes elsewhere, or later", () => {
    let state = stateOf("ab");
    state = state.update({ changes: { from: 0, insert: "\uD83C" } }).state;
    expect(state.update({ changes: { from: 2, insert: "\uDFBB" } }).state.doc.toString()).toBe("\uFFFDa\uFFFDb");
    state = state.update({ changes: { from: 1, insert: "x" } }).state;
    expect(state.update({ changes: { from: 1, insert: "\uDFBB" } }).state.doc.toString()).toBe("\uFFFD\uFFFDxab");
  });

  test("a return in the server's text stays one unit", () => {
    const annotations = [remote.of(true), Transaction.addToHistory.of(false)];
    const tr = stateOf("").update({ changes: { from: 0, insert: "a\r\nb" }, annotations, filter: false });
    expect(tr.state.doc.length).toBe(4);
  });
});

test("undo takes back what I did, and nothing of others", () => {
  let state = stateOf("");
  const dispatch = (tr: Transaction) => (state = tr.state);
  const annotations = [remote.of(true), Transaction.addToHistory.of(false)];
  dispatch(state.update({ changes: { from: 0, insert: "theirs " }, annotations }));
  dispatch(state.update({ changes: { from: 7, insert: "mine" } }));
  dispatch(state.update({ changes: { from: 0, insert: "more " }, annotations }));
  undo({ state, dispatch });
  expect(state.doc.toString()).toBe("more theirs ");
  expect(undo({ state, dispatch })).toBe(false);
});

describe("languages", () => {
  test.each([
    ["python", "Python"], ["py", "Python"], ["JS", "JavaScript"], ["c++", "C++"], ["cpp title=a.cpp", "C++"],
    ["{.rust .numbers}", "Rust"], ["sh", "Shell"], ["yml", "YAML"], ["klingon", undefined], ["", undefined], ["   ", undefined],
  ])("of a code block: %j is %s", (words, name) => expect(codeLanguage(words)?.name).toBe(name));

  test("Markdown comes with tables, tasks and the colours of its code", async () => {
    const { language } = (await loadLanguage("markdown"))!;
    await codeLanguage("json")!.load();
    const tree = language.parser.parse("- [x] a\n\n|a|\n|-|\n\n```json\n{}\n```\n");
    for (const name of ["TaskMarker", "Table", "CodeText"]) expect(tree.toString()).toContain(name);
  });

  test("have ids of their own that the wire allows", () => {
    const ids = languages.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9+#._ -]{1,64}$/);
    expect(ids.length).toBeGreaterThan(100);
  });

  test.each([
    "javascript", "typescript", "python", "cpp", "c", "csharp", "fsharp", "go", "rust", "java", "html", "css",
    "json", "markdown", "sql", "shell", "yaml", "xml", "ruby", "php", "kotlin", "swift", "vb", "objective-c",
    "dockerfile", "powershell", "ini", "lua", "perl", "r", "scala", "scheme", "pascal", "clojure", "dart", "less",
  ])("the ancestors' %s is known", (id) => {
    expect(knownLanguage(id)).toBe(id);
  });

  test.each([
    ["pgsql", "PostgreSQL"], ["mysql", "MySQL"], ["proto", "ProtoBuf"], ["postgresql", "PostgreSQL"],
    ["razor", "HTML"], ["redshift", "SQL"], ["systemverilog", "SystemVerilog"], ["protobuf", "ProtoBuf"],
    ["st", "Pascal"], ["elixir", "Ruby"], ["mdx", "Markdown"], ["sol", "JavaScript"], ["plaintext", null], [null, null],
    ["redis", "redis"], ["bat", "bat"], ["graphql", "graphql"], ["klingon", "klingon"],
  ])("%j is called %j", (id, name) => expect(languageName(id)).toBe(name));

  test.each(MONACO)("Monaco's %s is one of ours or keeps its own name", (id) => {
    const name = languageName(id);
    expect(isForeign(id)).toBe(name === id);
    if (!isForeign(id)) expect(languages.map(({ label }) => label)).toContain(name);
    expect(isForeign(id)).toBe(WITHOUT_COLOURS.includes(id));
  });

  test.each([
    ["python", "py"], ["markdown", "md"], ["c", "c"], ["rust", "rs"], ["sql", "sql"], ["plaintext", null], [null, null], ["klingon", null],
    ["bat", "bat"], ["graphql", "graphql"],
  ])("files in %j end with %j", (id, extension) => expect(extensionOf(id)).toBe(extension));

  test.each([
    ["a.py", "python"], ["script.bat", "bat"], ["SCRIPT.CMD", "bat"], ["README.MD", "markdown"], ["index.rst", "restructuredtext"],
    ["Dockerfile", "dockerfile"], ["notes", null], ["notes.unheard", null], ["", null],
  ])("the file %j is in %j", (file, id) => expect(languageOfFile(file)).toBe(id));

  test("unknown ones are plain text, aliases are known", async () => {
    expect(knownLanguage("klingon")).toBe("plaintext");
    expect(knownLanguage(null)).toBe("plaintext");
    expect(knownLanguage("js")).toBe("javascript");
    expect(await loadLanguage("klingon")).toBeNull();
    expect((await loadLanguage("cpp"))?.language.name).toBe("cpp");
  });
});
