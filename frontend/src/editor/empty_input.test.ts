// @vitest-environment happy-dom
/** Nothing is deleted where nothing is inserted. */

import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanInput } from "./clean_input";
import { refuseEmptyInput } from "./empty_input";

const told = vi.fn();
let view: EditorView;

function open(isReadOnly = false): void {
  told.mockClear();
  const extensions = [refuseEmptyInput(told), cleanInput(), EditorState.readOnly.of(isReadOnly)];
  view = new EditorView({ parent: document.body, state: EditorState.create({ doc: "one two", selection: { anchor: 0, head: 3 }, extensions }) });
}

afterEach(() => view.destroy());

/** An event with that data, as a browser brings it; true when its own way of doing it goes on. */
function happens(type: string, property: string, data: Record<string, string> | null, files: unknown[] = []): boolean {
  const event = new Event(type, { bubbles: true, cancelable: true });
  const transfer = data && { files, types: Object.keys(data), getData: (kind: string) => data[kind === "Text" ? "text/plain" : kind] ?? "" };
  Object.defineProperty(event, property, { value: transfer });
  return view.contentDOM.dispatchEvent(event);
}

describe("over a selection", () => {
  test.each([
    ["a screenshot", { Files: "" }, [{}]],
    ["HTML without text", { "text/html": "<img src=x>" }, []],
    ["an empty text", { "text/plain": "" }, []],
    ["nothing", {}, []],
  ])("%s pasted deletes nothing, and it is said", (_, data, files) => {
    open();
    expect(happens("paste", "clipboardData", data, files)).toBe(false);
    expect(view.state.doc.toString()).toBe("one two");
    expect(told.mock.calls).toEqual([["paste"]]);
  });

  test.each(["text/plain", "text/uri-list"])("%s pasted takes its place", (kind) => {
    open();
    happens("paste", "clipboardData", { [kind]: "1", "text/html": "<b>1</b>" }, [{}]);
    expect(view.state.doc.toString()).toBe("1 two");
    expect(told).not.toHaveBeenCalled();
  });

  test("a paste that turns out to be empty deletes nothing either", () => {
    open();
    view.dispatch(view.state.replaceSelection(""), { userEvent: "input.paste" });
    expect(view.state.doc.toString()).toBe("one two");
    view.dispatch(view.state.replaceSelection(""), { userEvent: "delete.selection" });
    expect(view.state.doc.toString()).toBe(" two");
  });

  test("a cut without a clipboard deletes nothing, and it is said", () => {
    open();
    expect(happens("cut", "clipboardData", null)).toBe(false);
    expect(view.state.doc.toString()).toBe("one two");
    expect(told.mock.calls).toEqual([["cut"]]);
  });
});

describe("a composition over a selection", () => {
  const compose = (type: string, data: string) => {
    const event = new Event(type, { bubbles: true });
    Object.defineProperty(event, "data", { value: data });
    view.contentDOM.dispatchEvent(event);
  };

  test.each([
    ["that is given up", "", "one two"],
    ["that ends with text", "x", "x two"],
  ])("%s", (_, composed, text) => {
    vi.useFakeTimers();
    open();
    compose("compositionstart", "");
    view.dispatch({ changes: { from: 0, to: 3, insert: "nih" } });
    view.dispatch({ changes: { from: 0, to: 3, insert: composed } });
    compose("compositionend", composed);
    vi.advanceTimersByTime(1000);
    expect(view.state.doc.toString()).toBe(text);
    vi.useRealTimers();
  });
});

test("a drop without text is refused and said, a file is left to the page", () => {
  open();
  expect(happens("drop", "dataTransfer", { "text/html": "<img>" })).toBe(false);
  expect(told.mock.calls).toEqual([["drop"]]);
  happens("drop", "dataTransfer", { Files: "" }, [{}]);
  expect(told).toHaveBeenCalledOnce();
  expect(view.state.doc.toString()).toBe("one two");
});

test("what is dragged out of the text stays there", () => {
  open();
  const input = (inputType: string) => {
    const event = new Event("beforeinput", { bubbles: true, cancelable: true });
    Object.defineProperty(event, "inputType", { value: inputType });
    return view.contentDOM.dispatchEvent(event);
  };
  expect(input("deleteByDrag")).toBe(false);
  expect(input("deleteContentBackward")).toBe(true);
});

test("nothing is said where nothing may be typed", () => {
  open(true);
  happens("paste", "clipboardData", {});
  expect(told).not.toHaveBeenCalled();
});
