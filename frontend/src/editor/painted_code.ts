/** Paints code in the editor's colours, for what shows code elsewhere. */

import type { LanguageSupport } from "@codemirror/language";
import type { Tree } from "@lezer/common";
import { highlightCode } from "@lezer/highlight";
import { highlight } from "./highlight";

/** Code is parsed for so long at a time, and left as it is when it takes longer altogether. */
const SLICE_MS = 8;
const MOST_MS = 200;

/** Gives `put` the code in colours, now when it is short, else later; never when it takes too long. */
export function paint(code: string, { language }: LanguageSupport, put: (coloured: DocumentFragment) => void): void {
  const parsing = language.parser.startParse(code);
  let leftMs = MOST_MS;
  const goOn = () => {
    const beganMs = performance.now();
    let tookMs = 0;
    for (let tree = parsing.advance(); ; tree = parsing.advance()) {
      if (tree) return put(painted(code, tree));
      tookMs = performance.now() - beganMs;
      if (tookMs > SLICE_MS) break;
    }
    leftMs -= tookMs;
    if (leftMs > 0) setTimeout(goOn);
  };
  goOn();
}

function painted(code: string, tree: Tree): DocumentFragment {
  const root = document.createDocumentFragment();
  const text = (part: string, classes: string) => {
    if (classes === "") return root.append(part);
    const span = document.createElement("span");
    span.className = classes;
    span.textContent = part;
    root.append(span);
  };
  highlightCode(code, tree, highlight, text, () => root.append("\n"));
  return root;
}
