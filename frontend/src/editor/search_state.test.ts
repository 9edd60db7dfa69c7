// @vitest-environment happy-dom
import { getSearchQuery, openSearchPanel, search, SearchQuery, setSearchQuery } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { expect, test, vi } from "vitest";
import { en } from "../strings/en";
import { searchState, showSearchState } from "./search_state";

const WORDS = en.editor.search;
const said = (doc: string, query: ConstructorParameters<typeof SearchQuery>[0], anchor = 0, head = anchor) =>
  searchState(EditorState.create({ doc, selection: { anchor, head }, extensions: search() }), new SearchQuery(query), WORDS);

test.each([
  ["", 0, 0, ""],
  ["a", 0, 0, "3 matches"],
  ["a", 2, 3, "2 of 3"],
  ["z", 0, 0, "No match"],
  ["b", 1, 1, "1 match"],
])("a search for %j with the selection at %i to %i says %j", (sought, anchor, head, words) => {
  expect(said("aba a", { search: sought }, anchor === 2 ? 2 : anchor, head)).toBe(words);
});

test("a pattern that is none says why", () => {
  expect(said("a", { search: "(a", regexp: true })).toMatch(/^Pattern: unterminated group/i);
  expect(said("a", { search: "(a" })).toBe("No match");
});

test("what is found everywhere is counted as far as one would read", () => {
  expect(said("a".repeat(2_272), { search: "a" }, 2, 3)).toBe("3 of 2,272");
  expect(said("a".repeat(500_000), { search: "a" })).toMatch(/^More than [\d,]+ matches$/);
});

test("the panel says it, and follows the text", () => {
  vi.useFakeTimers();
  const view = new EditorView({ doc: "one two one", extensions: [search(), showSearchState(WORDS)], parent: document.body });
  openSearchPanel(view);
  view.dispatch({ effects: setSearchQuery.of(new SearchQuery({ search: "one" })) });
  expect(getSearchQuery(view.state).search).toBe("one");
  vi.advanceTimersByTime(200);
  expect(view.dom.querySelector("output")!.textContent).toBe("2 matches");
  view.dispatch({ changes: { from: 0, insert: "one " } });
  vi.advanceTimersByTime(200);
  expect(view.dom.querySelector("output")!.textContent).toBe("3 matches");
  vi.useRealTimers();
});
