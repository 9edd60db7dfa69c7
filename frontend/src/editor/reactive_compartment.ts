/** A place in the editor's configuration for an extension that follows signals. */

import { Compartment, type Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { effect, untracked } from "@preact/signals";

export class ReactiveCompartment {
  readonly #compartment = new Compartment();

  /** `read` makes the extension from signals. */
  constructor(private readonly read: () => Extension) {}

  /** For the editor's configuration: the extension as it is now. */
  get extension(): Extension {
    return this.#compartment.of(untracked(this.read));
  }

  /** Keeps the extension up to date in `view`; at once after the view was made. */
  follow(view: EditorView): void {
    let isFirst = true;
    effect(() => {
      const extension = this.read();
      // Untracked: what the editor's listeners read is no concern of this compartment.
      if (!isFirst) untracked(() => view.dispatch({ effects: this.#compartment.reconfigure(extension) }));
      isFirst = false;
    });
  }
}
