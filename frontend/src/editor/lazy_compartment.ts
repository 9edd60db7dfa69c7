/** A place in the editor's configuration for an extension whose code has to be loaded first. */

import { Compartment, type Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { loadChunk } from "../browser";

export class LazyCompartment {
  readonly #compartment = new Compartment();
  /** The name that was wanted last; extensions that come for others are dropped. */
  #wanted: string | null = null;

  /** For the editor's configuration; there is nothing in it to begin with. */
  readonly extension: Extension = this.#compartment.of([]);

  /** Loads the extension that is called `what` and puts it there; null: puts nothing
   * there. What is wanted last counts, whatever comes last. */
  async want(view: EditorView, what: string | null, load: () => Promise<Extension>): Promise<void> {
    if (what === this.#wanted) return;
    this.#wanted = what;
    const loaded = what === null ? null : await loadChunk(what, load);
    if (what === this.#wanted) view.dispatch({ effects: this.#compartment.reconfigure(loaded ?? []) });
  }
}
