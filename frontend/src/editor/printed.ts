/** The text for paper: all its lines, in the editor's colours, where the editor itself draws those in view. */

import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import type { EditorView } from "@codemirror/view";
import { highlightCode } from "@lezer/highlight";
import { highlight } from "./highlight";

/** What is not parsed by then is printed without colours: the browser waits for the page. */
const LONGEST_PARSE_MS = 1_000;

/** An element for each line, in an element of the class "printed-lines"; the style sheet numbers them. */
export function printedLines({ state }: EditorView): HTMLElement {
  const tree = ensureSyntaxTree(state, state.doc.length, LONGEST_PARSE_MS) ?? syntaxTree(state);
  const root = document.createElement("div");
  root.className = "printed-lines";
  let line: HTMLElement;
  const begin = () => {
    line = document.createElement("div");
    line.dir = "auto";
    root.append(line);
  };
  const put = (part: string, classes: string) => {
    if (classes === "") return line.append(part);
    const span = document.createElement("span");
    span.className = classes;
    span.textContent = part;
    line.append(span);
  };
  begin();
  highlightCode(state.doc.toString(), tree, highlight, put, begin);
  return root;
}
