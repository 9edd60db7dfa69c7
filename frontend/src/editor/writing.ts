/** What helps to write code and is in the way of prose, and the other way round: brackets and quotes that close by
 * themselves, spelling and corrections. */

import { syntaxTree } from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { Settings } from "../browser";
import { isProse } from "./prose";

/** The code within it. */
const CODE: ReadonlySet<string> = new Set(["FencedCode", "CodeBlock", "InlineCode"]);

/** What those settings ask for in a pad of that language. Before the languages, so that it counts more than what they say. */
export function helpIn(language: string | null, { closeBrackets, spelling }: Settings): Extension {
  const prose = isProse(language);
  const isClosing = (state: EditorState, at: number) => closeBrackets && (!prose || isInCode(state, at));
  const isSpelled = spelling === "always" || (spelling === "prose" && prose);
  return [
    EditorState.languageData.of((state, at) => (isClosing(state, at) ? [] : [{ closeBrackets: { brackets: [] } }])),
    EditorView.inputHandler.of((view, from, _to, text, insert) => {
      if (!CLOSES_TAG.has(text) || isClosing(view.state, from)) return false;
      view.dispatch(insert()); // and no tag is closed by what comes after this
      return true;
    }),
    isSpelled ? spelled : [],
  ];
}

/** What is typed where a tag of HTML, which Markdown may hold, is closed. */
const CLOSES_TAG: ReadonlySet<string> = new Set([">", "/"]);

/** CodeMirror switches these off. */
const spelled = EditorView.contentAttributes.of({ spellcheck: "true", autocorrect: "on", autocapitalize: "sentences" });

function isInCode(state: EditorState, at: number): boolean {
  for (let node = syntaxTree(state).resolveInner(at, -1); ; ) {
    if (CODE.has(node.name)) return true;
    if (!node.parent) return false;
    node = node.parent;
  }
}
