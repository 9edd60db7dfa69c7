/**
 * What the browser prints: the whole pad, with its title and the date above. A Markdown pad with its preview beside it is printed as
 * it reads, every other text with all its lines. It is made when the browser asks for it, and is gone afterwards. A chunk of its own.
 */

import "../style/print.css";
import { settings } from "../../browser";
import { loadPrintedLines } from "../../editor";
import { t } from "../../strings";
import { isMarkdown } from "../pad/markdown";
import type { Pad } from "../pad/pad";
import { titleOf } from "../pad/title";

/** Has the browser print the pad, from now on. The function that this resolves to ends that. */
export async function printWhole(pad: Pad): Promise<() => void> {
  const { printedLines } = await loadPrintedLines();
  let sheet: HTMLElement | null = null;
  const end = () => {
    sheet?.remove();
    sheet = null;
  };
  const begin = () => {
    const editor = pad.editor.peek();
    if (!editor) return;
    end();
    sheet = document.createElement("article");
    sheet.className = "printed";
    sheet.append(heading(pad), preview(pad) ?? printedLines(editor.view));
    document.body.append(sheet);
  };
  addEventListener("beforeprint", begin);
  addEventListener("afterprint", end);
  return () => {
    removeEventListener("beforeprint", begin);
    removeEventListener("afterprint", end);
    end();
  };
}

function heading({ session }: Pad): HTMLElement {
  const header = document.createElement("header");
  const [title, date] = [document.createElement("strong"), document.createElement("time")];
  title.textContent = titleOf(session.localText(), session.padId);
  date.textContent = new Date().toLocaleDateString(t.locale, { dateStyle: "long" });
  header.append(title, date);
  return header;
}

/** A copy of what the preview shows; null: it shows nothing. */
function preview({ session }: Pad): Node | null {
  const shown = settings.peek().preview && isMarkdown(session) ? document.querySelector(".preview-text") : null;
  return shown && shown.childElementCount > 0 ? shown.cloneNode(true) : null;
}
