/** A place in the editor's configuration for an extension that follows signals. */

import { Compartment, type Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { effect, untracked } from "@preact/signals";

export class ReactiveCompartment {
  readonly #compartment = new Compartment();

  constructor(private readonly read: () => Extension) {}

  /** As it is now, to begin with. */
  get extension(): Extension {
    return this.#compartment.of(untracked(this.read));
  }

  /** Must follow at once upon the view's making. */
  follow(view: EditorView): void {
    let isFirst = true;
    effect(() => {
      const extension = this.read();
      // What the editor's listeners read is no concern of this part.
      if (!isFirst) untracked(() => view.dispatch({ effects: this.#compartment.reconfigure(extension) }));
      isFirst = false;
    });
  }
}
