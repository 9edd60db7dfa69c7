/** Prose is a column in the middle of a wide window: who presses beside it means the line there, as where lines are as
 * wide as the window. */

import { EditorView, ViewPlugin } from "@codemirror/view";

class BesideLines {
  constructor(private readonly view: EditorView) {
    view.scrollDOM.addEventListener("mousedown", this.press);
  }

  readonly press = (event: MouseEvent) => {
    const { scrollDOM, contentDOM } = this.view;
    const isOnScrollBar = event.clientX > scrollDOM.getBoundingClientRect().left + scrollDOM.clientWidth;
    if (event.target !== scrollDOM || isOnScrollBar) return;
    event.preventDefault(); // which would take the keyboard from the text
    const { left, right } = contentDOM.getBoundingClientRect();
    const clientX = Math.min(Math.max(event.clientX, left + 1), right - 1);
    const { clientY, button, buttons, detail, shiftKey, ctrlKey, altKey, metaKey } = event;
    const meant = { clientX, clientY, button, buttons, detail, shiftKey, ctrlKey, altKey, metaKey };
    contentDOM.dispatchEvent(new MouseEvent("mousedown", { ...meant, bubbles: true, cancelable: true }));
  };

  destroy(): void {
    this.view.scrollDOM.removeEventListener("mousedown", this.press);
  }
}

export const besideLines = ViewPlugin.fromClass(BesideLines);
