// @vitest-environment happy-dom
import { getSearchQuery, openSearchPanel, searchKeymap, searchPanelOpen } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, runScopeHandlers } from "@codemirror/view";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { find as words } from "../strings/find_en";
import { find } from "./find";
import { matchesIn } from "./matches";
import { scrollMarks } from "./scroll_marks";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A view with an open search. */
function searched(doc: string, selection = { anchor: 0, head: 0 }, isReadOnly = false) {
  const extensions = [find(words), keymap.of(searchKeymap), EditorState.readOnly.of(isReadOnly)];
  const view = new EditorView({ doc, selection, extensions, parent: document.body });
  openSearchPanel(view);
  const part = <E extends HTMLElement = HTMLInputElement>(name: string) => view.dom.querySelector<E>(`.cm-search [name=${name}]`)!;
  const write = (name: string, text: string) => {
    part(name).value = text;
    part(name).dispatchEvent(new Event("input"));
    vi.advanceTimersByTime(1_000);
  };
  const press = (name: string, key: string, modifiers = {}) => part(name).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...modifiers }));
  const toggle = (name: string) => {
    part(name).click();
    vi.advanceTimersByTime(1_000);
  };
  const said = () => (vi.advanceTimersByTime(1_000), view.dom.querySelector("output")!.textContent);
  const selected = () => view.state.selection.ranges.map(({ from, to }) => [from, to]);
  return { view, part, write, press, toggle, said, selected };
}

test("it says how many matches there are and which one is selected, while one goes on and the text changes", () => {
  const { view, write, press, said, selected } = searched("aba a");
  write("search", "a");
  expect(said()).toBe("3 matches");
  press("search", "Enter");
  expect(said()).toBe("1 of 3");
  press("search", "Enter");
  expect([said(), selected()]).toEqual(["2 of 3", [[2, 3]]]);
  press("search", "Enter", { shiftKey: true });
  expect(said()).toBe("1 of 3");
  press("search", "F3");
  expect(said()).toBe("2 of 3");
  press("search", "F3", { shiftKey: true });
  expect(said()).toBe("1 of 3");
  view.dispatch({ changes: { from: 5, insert: " aa" } });
  expect(said()).toBe("1 of 5");
  write("search", "z");
  expect(said()).toBe("No match");
  write("search", "");
  expect(said()).toBe("");
  press("search", "Enter", { altKey: true });
  write("search", "a");
  press("search", "Enter", { altKey: true });
  view.destroy();
});

test("a pattern that is none says why, and is no longer said to be wrong when it is mended", () => {
  const { view, part, write, toggle, said } = searched("a(a");
  write("search", "(a");
  expect(said()).toBe("1 match");
  toggle("re");
  expect(said()).toMatch(/^Pattern: unterminated group/i);
  expect(part("search").getAttribute("aria-invalid")).toBe("true");
  write("search", "(a)");
  expect([said(), part("search").getAttribute("aria-invalid")]).toEqual(["2 matches", "false"]);
  view.destroy();
});

test("what is found everywhere is counted as far as one would read, a slice at a time", () => {
  const { view, write, said } = searched("a\n".repeat(15_000));
  write("search", "a");
  vi.runAllTimers();
  expect(said()).toBe("More than 10,000 matches");
  expect(matchesIn(view.state)!.list.length).toBe(10_000);
  view.destroy();
});

test("in the selection alone it finds, counts, and replaces; the part moves with the text; closing ends it", () => {
  const { view, write, part, press, toggle, said } = searched("one one one one", { anchor: 4, head: 11 });
  write("search", "one");
  expect(said()).toBe("4 matches");
  toggle("part");
  expect(said()).toBe("2 matches");
  view.dispatch({ changes: { from: 0, insert: "one " } });
  expect(said()).toBe("2 matches");
  write("replace", "two");
  toggle("all");
  expect(view.state.doc.toString()).toBe("one one two two one");
  write("search", "o");
  press("search", "Escape");
  expect(searchPanelOpen(view.state)).toBe(false);
  expect(getSearchQuery(view.state).test).toBe(undefined);
  view.dispatch({ selection: { anchor: 0 } });
  openSearchPanel(view);
  expect(said()).toBe("5 matches");
  expect(part("part").disabled).toBe(true);
  view.destroy();
});

test("replacing is behind a button and Ctrl+H, and not there in a text that cannot be edited", () => {
  const { view, part, write, press } = searched("one two one");
  const more = () => part<HTMLButtonElement>("more").getAttribute("aria-expanded");
  expect(more()).toBe("false");
  runScopeHandlers(view, new KeyboardEvent("keydown", { key: "h", ctrlKey: true }), "editor");
  expect(more()).toBe("true");
  expect(document.activeElement).toBe(part("replace"));
  write("search", "one");
  write("replace", "1");
  press("replace", "Enter");
  press("replace", "Enter");
  expect(view.state.doc.toString()).toBe("1 two one");
  view.destroy();
});

test("nothing is replaced in a text that cannot be edited", () => {
  const { view } = searched("one", { anchor: 0, head: 0 }, true);
  runScopeHandlers(view, new KeyboardEvent("keydown", { key: "h", ctrlKey: true }), "editor");
  expect(view.dom.querySelector<HTMLElement>(".find-replacing")!.hidden).toBe(true);
  view.destroy();
});

test("the matches are known, and marked over the scroll bar, while the search is open", () => {
  const { view, write, press } = searched("one two one");
  write("search", "one");
  expect(matchesIn(view.state)).toEqual({ list: [{ from: 0, to: 3 }, { from: 8, to: 11 }], isAll: true });
  const marks = () => view.state.facet(scrollMarks).flatMap((source) => source(view.state));
  expect(marks().map(({ from, kind }) => [from, kind])).toEqual([[0, "match"], [8, "match"]]);
  press("search", "Enter");
  expect(marks().at(-1)).toEqual({ from: 0, to: 3, kind: "current" });
  press("search", "Escape");
  vi.advanceTimersByTime(1_000);
  expect([matchesIn(view.state), marks()]).toEqual([null, []]);
  view.destroy();
});
