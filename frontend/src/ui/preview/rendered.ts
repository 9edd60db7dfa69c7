/** A Markdown text as it reads, made to leave the pad, whether or not it is shown beside the text. A chunk of its own. */

import { colour } from "../../editor/behind";
import { Preview } from "../../preview";
import { formulas, wantsRemoteImages } from "./preview_parts";
import { previewWords } from "./words";

const LOOK_MS = 20;
/** Formulas that take longer leave the pad as they are written. */
const MOST_MS = 10_000;

/** Resolves to an element with that text, formulas included. */
export async function rendered(markdown: string): Promise<HTMLElement> {
  await previewWords.load();
  const element = document.createElement("div");
  const preview = new Preview(element, previewWords.now.words, { colour, formula: formulas.show }, {
    onTick: () => false,
    onClick: () => {},
  });
  preview.show(markdown, wantsRemoteImages.peek());
  const untilMs = performance.now() + MOST_MS;
  while (formulas.isWorking && performance.now() < untilMs) await new Promise((look) => setTimeout(look, LOOK_MS));
  return element;
}
