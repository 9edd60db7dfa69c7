// @vitest-environment happy-dom
import { EditorState, Text } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { describe, expect, test, vi } from "vitest";
import { Random } from "../testing/random";
import { CharacterKind } from "./characters";
import { boundFloods, runsIn, widthlessIn } from "./floods";
import { showSpecialCharacters, specialIn } from "./special_characters";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));
const ENOUGH = 262_144;
const SHOWN = 64;

/** How many characters are looked up while that is done. */
function lookedUp(work: () => void): number {
  const has = vi.spyOn(CharacterKind.prototype, "has");
  work();
  const count = has.mock.calls.length;
  has.mockRestore();
  return count;
}

describe("invisible characters", () => {
  const marks = (text: string, from = 0, to = text.length) => [...specialIn(Text.of(text.split("\n")), from, to)].map(({ at }) => at);

  test("a few are all shown, of thousands some", () => {
    expect(marks("a\u200Bb\u0001c")).toEqual([1, 3]);
    expect(marks("a\tb\nc é 漢 👍")).toEqual([]);
    expect(marks("word\u00AD".repeat(100))).toHaveLength(16);
    expect(marks("a long word\u00AD ".repeat(100))).toHaveLength(100);
    expect(marks("\u0001".repeat(5_000))).toHaveLength(16);
    expect(marks("a word\0".repeat(200))).toHaveLength(200);
    expect(marks("a word\0".repeat(2_000))).toHaveLength(16);
    expect(marks("\u0001\n".repeat(40))).toHaveLength(40);
  });

  test(`the same ones, whatever part of the text is drawn, by seed ${SEED}`, () => {
    const random = Random.of(SEED, "invisible");
    for (let round = 0; round < 200; round++) {
      const text = Array.from({ length: random.below(400) }, () => "\u200B\u200B\u0001ab\n"[random.chance(20) ? 5 : random.below(5)]).join("");
      const from = random.below(text.length + 1);
      const to = from + random.below(text.length - from + 1);
      expect(marks(text, from, to)).toEqual(marks(text).filter((at) => at >= from && at < to));
    }
  });

  test(`after changes those of the new text, and those of other lines are the same, by seed ${SEED}`, () => {
    const random = Random.of(SEED, "signs");
    const piece = () => Array.from({ length: random.below(30) }, () => "\u200B\u200B\u0001ab\n"[random.chance(20) ? 5 : random.below(5)]).join("");
    const viewOf = (doc: string) => new EditorView({ doc, extensions: showSpecialCharacters() });
    const view = viewOf(piece() + piece());
    for (let round = 0; round < 100; round++) {
      const { length } = view.state.doc;
      const [a, b, c, d] = Array.from({ length: 4 }, () => random.below(length + 1)).sort((one, other) => one - other);
      const isWhole = random.chance(10);
      const changes = [{ from: isWhole ? 0 : a!, to: isWhole ? a! : Math.min(b!, a! + 9), insert: piece() }, { from: c!, to: isWhole ? length : d!, insert: random.chance(3) ? piece() : "" }];
      view.dispatch({ changes });
      expect(view.contentDOM.innerText).toBe(viewOf(view.state.doc.toString()).contentDOM.innerText);
    }
  });

  test("of a screen of them, a key looks at few", () => {
    const view = new EditorView({ doc: `${"\u200B".repeat(80)}\n`.repeat(40), extensions: showSpecialCharacters() });
    expect(lookedUp(() => view.dispatch({ changes: { from: 81, insert: "x" } }))).toBeLessThan(400);
  });

  test("each is said by its name", () => {
    const view = new EditorView({ doc: "a\u200B\u0007\u0085", extensions: showSpecialCharacters() });
    const signs = [...view.contentDOM.querySelectorAll<HTMLElement>(".cm-specialChar")];
    expect(signs.map(({ textContent, title }) => [textContent, title])).toEqual([
      ["\u2022", "Control character zero width space"],
      ["\u2407", "Control character bell"],
      ["\u2022", "Control character 0x85"],
    ]);
  });
});

describe("changes of direction", () => {
  test("Hebrew is one run, with or without a number now and then", () => {
    expect(runsIn("שלום עולם, מה שלומך?")).toBe(1);
    expect(runsIn("בשנת 1948 קמה המדינה")).toBe(2);
    expect(runsIn("a א1 ".repeat(500))).toBe(500);
  });

  test("a line is shown one way when it turns round too often", () => {
    const view = new EditorView({ doc: `${"a א1 ".repeat(400)}\n${"שלום עולם, ".repeat(100)}`, extensions: boundFloods() });
    const [turning, hebrew] = view.contentDOM.querySelectorAll(".cm-line");
    expect(turning!.classList.contains("one-way")).toBe(true);
    expect(hebrew!.classList.contains("one-way")).toBe(false);
  });
});

describe("characters without a width", () => {
  const viewOf = (doc: string) => new EditorView({ doc, extensions: boundFloods() });
  const shown = (view: EditorView) => [...view.contentDOM.querySelectorAll(".cm-line")].map(({ textContent }) => textContent).join("\n");

  /** The text without what is left out. */
  function left(state: EditorState): string {
    let text = "";
    let at = 0;
    for (const set of state.facet(EditorView.decorations)) {
      if (typeof set === "function") continue;
      for (const range = set.iter(); range.value; range.next()) {
        text += `${state.sliceDoc(at, range.from)}…`;
        at = range.to;
      }
    }
    return text + state.sliceDoc(at);
  }

  test("of any it is known whether it is one", () => {
    const few = "\u0301".repeat(299);
    const many = "\u{E0101}".repeat(200);
    expect(widthlessIn(`a${few}b${few}\u200Bc${many}`)).toEqual([
      { from: 301, to: 601 },
      { from: 602, to: 1_002 },
    ]);
    expect(widthlessIn("")).toEqual([]);
  });

  test("of a flood as much is left out however often it is looked at", () => {
    const flood = "\u0301".repeat(2_000);
    const view = viewOf(`a${flood}`);
    for (const insert of ["x", "y", "z"]) {
      expect(shown(view).replace(/^[xyz]*/, "")).toBe(`a${flood.slice(0, SHOWN)}…`);
      view.dispatch({ changes: { from: 0, insert } });
    }
    view.dispatch({ changes: { from: 1_000, insert: "w" } });
    expect(shown(view)).toBe(`zyxa${flood.slice(0, SHOWN)}…w${flood.slice(0, SHOWN)}…`);
    expect(view.state.doc.length).toBe(2_005);
  });

  test(`what is left out after changes is what would be left out of the new text, by seed ${SEED}`, () => {
    const random = Random.of(SEED, "floods");
    const pieces = ["\u0301".repeat(299), "\u0301", "\u{E0101}".repeat(160), "\u200B".repeat(700), "a", "\n", "a".repeat(900), "é\n\n"];
    const piece = () => Array.from({ length: random.below(4) }, () => pieces[random.below(pieces.length)]).join("");
    const stateOf = (doc: string) => EditorState.create({ doc, extensions: boundFloods() });
    for (let round = 0; round < 60; round++) {
      let state = stateOf(piece() + piece() + piece());
      for (let change = 0; change < 8; change++) {
        const isHalf = (at: number) => /[\uDC00-\uDFFF]/.test(state.sliceDoc(at, at + 1));
        const places = Array.from({ length: 4 }, () => random.below(state.doc.length + 1)).map((at) => (isHalf(at) ? at - 1 : at));
        const [a, b, c, d] = places.sort((one, other) => one - other);
        state = state.update({ changes: [{ from: a!, to: b!, insert: piece() }, { from: c!, to: d!, insert: piece() }] }).state;
      }
      const text = left(state);
      expect(text).toBe(left(stateOf(state.doc.toString())));
      expect(text.isWellFormed()).toBe(true);
      expect(text.split("\n").filter(({ length }) => length > 600).flatMap(widthlessIn)).toEqual([]);
    }
  });

  test("a key in a long text looks at a few of its characters, and at nothing of the other lines", () => {
    const prose = viewOf("some words of prose ".repeat(ENOUGH / 20));
    expect(lookedUp(() => prose.dispatch({ changes: { from: 7, insert: "x" } }))).toBeLessThan(1_000);
    const floods = viewOf(`${"\u0301".repeat(ENOUGH)}\nword`);
    expect(lookedUp(() => floods.dispatch({ changes: { from: ENOUGH + 3, insert: "x" } }))).toBe(0);
  });
});
