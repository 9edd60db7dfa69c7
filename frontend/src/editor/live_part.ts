/** A part of the editor's configuration that is as some signals say. */

import { Compartment, type Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { effect, untracked } from "@preact/signals";

export class LivePart {
  readonly #part = new Compartment();

  constructor(private readonly read: () => Extension) {}

  /** As it is now, to begin with. */
  get extension(): Extension {
    return this.#part.of(untracked(this.read));
  }

  /** Must follow at once upon the view's making. */
  follow(view: EditorView): void {
    let isFirst = true;
    effect(() => {
      const extension = this.read();
      // What the editor's listeners read is no concern of this part.
      if (!isFirst) untracked(() => view.dispatch({ effects: this.#part.reconfigure(extension) }));
      isFirst = false;
    });
  }
}
