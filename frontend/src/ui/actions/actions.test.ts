// @vitest-environment happy-dom
/** What the table of actions promises to those who make menus of it. */

import { signal } from "@preact/signals";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { FONT_SIZES, setSettings, settings } from "../../browser";
import { loadLanguages } from "../../editor";
import { actions as de } from "../../strings/actions_de";
import { actions as en } from "../../strings/actions_en";
import { type Action, actionsIn, GROUPS, offeredActions } from "./actions";
import { openComments } from "../pad/open_comments";
import type { Pad } from "../pad/pad";

const all = actionsIn(en);
const byId = (id: string) => all.find((it) => it.id === id) as Action;

function padIn(language: string | null, isReadOnly = false, mayComment = !isReadOnly): { pad: Pad; done: string[] } {
  const done: string[] = [];
  const editor = { perform: (what: string) => done.push(what) };
  const session = { language: signal(language), isReadOnly: signal(isReadOnly), access: { isReader: signal(isReadOnly), comments: signal(mayComment ? "write" : null) }, end: signal(null), padId: "pad", localText: () => "text" };
  const pad = { session, editor: signal(editor), dialog: signal(null), closeMenu: () => done.push("closed"), notify: () => {} };
  return { pad: pad as unknown as Pad, done };
}

const idsIn = (pad: Pad) => offeredActions(all, pad).map(({ id }) => id);

beforeEach(() => void loadLanguages());

describe("the table", () => {
  test("has each action of the catalogue once, and each catalogue every word of it", () => {
    expect(all.map(({ id }) => id).sort()).toEqual(Object.keys(en.names).sort());
    for (const text of [en, de]) {
      for (const action of actionsIn(text)) expect(action.words().trim(), action.id).not.toBe("");
      for (const id of Object.keys(text.also)) expect(Object.keys(text.names)).toContain(id);
    }
  });

  test("goes group by group", () => {
    const groups = all.map(({ group }) => GROUPS.indexOf(group));
    expect(groups).toEqual([...groups].sort((a, b) => a - b));
  });

  test("gives no two actions the same keys, but for the one that a selection decides", () => {
    const keys = all.flatMap((it) => (it.id === "link" ? [] : (it.keys ?? [])));
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("an action is offered where it makes sense", () => {
  test("those of Markdown in Markdown alone", () => {
    const markdown = ["downloadHtml", "copyFormatted", "bold", "italic", "heading", "bullet", "task", "link", "preview"];
    expect(idsIn(padIn("markdown").pad)).toEqual(expect.arrayContaining(markdown));
    const elsewhere = idsIn(padIn("python").pad);
    for (const id of markdown) expect(elsewhere).not.toContain(id);
  });

  test("none that changes the text where one may only read", () => {
    const ids = idsIn(padIn("markdown", true).pad);
    for (const id of ["open", "undo", "redo", "replace", "comment", "indentMore", "bold"]) expect(ids).not.toContain(id);
    for (const id of ["find", "download", "copy", "goToLine", "preview"]) expect(ids).toContain(id);
  });

  test("comments where one sees them, whether one may write in the text or not", () => {
    expect(idsIn(padIn(null, true, true).pad)).toEqual(expect.arrayContaining(["addComment", "comments"]));
    const blind = idsIn(padIn(null, true, false).pad);
    for (const id of ["addComment", "comments", "nextComment", "previousComment"]) expect(blind).not.toContain(id);
    const { pad } = padIn(null);
    expect(idsIn(pad)).not.toContain("nextComment");
    openComments(pad.session).value = 2;
    expect(idsIn(pad)).toEqual(expect.arrayContaining(["nextComment", "previousComment"]));
  });
});

describe("an action does what it says", () => {
  test("the editor's, once the menu is gone", async () => {
    const { pad, done } = padIn(null);
    void byId("goToLine").run(pad);
    expect(done).toEqual(["closed"]);
    await vi.waitFor(() => expect(done).toEqual(["closed", "goToLine"]));
  });

  test("switches say whether they are on", () => {
    const { pad } = padIn("markdown");
    setSettings({ wrap: true, theme: "light" });
    void byId("wrap").run(pad);
    expect([settings.value.wrap, byId("wrap").isOn!(pad)]).toEqual([false, false]);
    void byId("themeDark").run(pad);
    expect(["themeSystem", "themeLight", "themeDark"].map((id) => byId(id).isOn!(pad))).toEqual([false, false, true]);
  });

  test("the text grows as far as it may, and then that is not offered", () => {
    const { pad } = padIn(null);
    setSettings({ fontSize: FONT_SIZES.at(-2)! });
    void byId("larger").run(pad);
    expect(settings.value.fontSize).toBe(FONT_SIZES.at(-1));
    expect(idsIn(pad)).not.toContain("larger");
    expect(idsIn(pad)).toContain("smaller");
  });

  test("about the page, in a dialog", () => {
    const { pad } = padIn(null);
    void byId("about").run(pad);
    expect(pad.dialog.value).toBe("about");
  });
});
