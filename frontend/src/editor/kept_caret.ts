/** Keeps the caret in view when the text becomes lower, by a keyboard on the screen or a row below the text. */

import type { EditorView } from "@codemirror/view";

/** Below the caret, so that it does not stand on the edge. */
const MARGIN_PX = 4;

/** Scrolls by what would be missing, where somebody types and the caret was in view before. The function that this returns ends that. */
export function keepCaretInView(view: EditorView): () => void {
  const { scrollDOM } = view;
  let heightPx = scrollDOM.clientHeight;
  const observer = new ResizeObserver(() => {
    const beforePx = heightPx;
    heightPx = scrollDOM.clientHeight;
    const caret = heightPx < beforePx && view.hasFocus ? view.coordsAtPos(view.state.selection.main.head) : null;
    if (!caret) return;
    const bottomPx = caret.bottom - scrollDOM.getBoundingClientRect().top;
    if (bottomPx <= beforePx && bottomPx > heightPx) scrollDOM.scrollTop += bottomPx - heightPx + MARGIN_PX;
  });
  observer.observe(scrollDOM);
  return () => observer.disconnect();
}
