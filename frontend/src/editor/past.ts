/** What shows the history of a text: a chunk of its own. */

import { changesBetween } from "../session";
import { TextToRead } from "./text_to_read";

export { type AuthorSource, showAuthors } from "./authors_view";
export { PastView, undoable } from "./past_view";

/** A text, and what it is called. */
export interface NamedText {
  readonly text: string;
  readonly label: string;
}

/** Shows two texts beside each other. The code for that is a chunk of its own, too. */
export async function loadCompareView() {
  const { CompareView } = await import("./compare_view");
  return (parent: HTMLElement, before: NamedText, now: NamedText, language: string | null, uncoloured: string) => {
    const [ofBefore, ofNow] = [before, now].map(({ label }) => new TextToRead(label, language, uncoloured));
    const view = new CompareView(
      parent,
      { text: before.text, extension: ofBefore!.extension },
      { text: now.text, extension: ofNow!.extension },
      changesBetween,
    );
    ofBefore!.colour(view.before);
    ofNow!.colour(view.now);
    return view;
  };
}
