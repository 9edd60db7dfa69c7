// @vitest-environment happy-dom
import { EditorState, type Transaction } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { describe, expect, test } from "vitest";
import { composedIn, composedLines, composing, endComposition } from "./composing";
import { remote } from "./remote";

describe("the change that a composition makes, with all that is composed", () => {
  let state: EditorState;
  const begin = (doc: string) => (state = EditorState.create({ doc, extensions: composing }));
  const done = (tr: Transaction) => {
    const whole = composedIn(tr);
    state = tr.state;
    return whole;
  };
  const compose = (from: number, to: number, insert: string, event = "input.type.compose") =>
    done(state.update({ changes: { from, to, insert }, userEvent: event }));
  const start = (from: number, to: number, insert: string) => compose(from, to, insert, "input.type.compose.start");

  test("begins where the composition does, and grows with it", () => {
    begin("ab");
    expect(start(1, 1, "n")).toEqual({ from: 1, to: 1, insert: "n" });
    expect(compose(2, 2, "i")).toEqual({ from: 1, to: 2, insert: "ni" });
    expect(compose(1, 3, "你")).toEqual({ from: 1, to: 3, insert: "你" });
    expect(compose(2, 2, "好")).toEqual({ from: 1, to: 2, insert: "你好" });
  });

  test("follows what others do, and a composition after it is another", () => {
    begin("ab");
    start(1, 1, "n");
    done(state.update({ changes: { from: 0, insert: "of others " }, annotations: remote.of(true) }));
    expect(compose(12, 12, "i")).toEqual({ from: 11, to: 12, insert: "ni" });
    expect(start(13, 13, "h")).toEqual({ from: 13, to: 13, insert: "h" });
  });

  test("takes in what it replaces before its beginning: a word that was there", () => {
    begin("a hel");
    expect(start(5, 5, "l")).toEqual({ from: 5, to: 5, insert: "l" });
    expect(compose(2, 6, "Hallo")).toEqual({ from: 2, to: 6, insert: "Hallo" });
  });

  test("is not known of anything else, nor of several carets at once", () => {
    begin("ab");
    start(1, 1, "n");
    expect(compose(2, 2, "x", "input.type")).toBeNull();
    expect(compose(3, 3, "i")).toEqual({ from: 3, to: 3, insert: "i" });
    const changes = [{ from: 0, insert: "h" }, { from: 4, insert: "h" }];
    expect(done(state.update({ changes, userEvent: "input.type.compose" }))).toBeNull();
  });
});

test("nothing is left alone where nothing is composed", () => {
  const view = new EditorView({ doc: "one\ntwo", selection: { anchor: 5 }, extensions: composing });
  expect(composedLines(view)).toBeNull();
  view.contentDOM.dispatchEvent(new Event("compositionend"));
  expect(composedLines(view), "its last change may be on its way").toEqual({ from: 4, to: 7 });
  view.destroy();
});

test("nothing is composed without the focus, and it is taken from nobody", () => {
  const view = new EditorView({ doc: "one\ntwo", selection: { anchor: 5 }, extensions: composing, parent: document.body });
  Object.defineProperty(view, "composing", { value: true }); // as after an end that the browser did not tell of
  view.focus();
  expect(composedLines(view)).toEqual({ from: 4, to: 7 });
  endComposition(view);
  expect(document.activeElement).toBe(view.contentDOM);
  const field = document.body.appendChild(document.createElement("input"));
  field.focus();
  expect(composedLines(view)).toBeNull();
  endComposition(view);
  expect(document.activeElement).toBe(field);
  view.destroy();
  field.remove();
});
