/**
 * Parts of the page that are loaded when they are wanted. Their files may be
 * gone: the server was upgraded while the page was open, and has others now.
 */

import { Compartment, type Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { signal } from "@preact/signals";
import { log } from "../session";

/** Something that was wanted could not be loaded; people are told of it. */
export const isPartMissing = signal(false);

/** null when it could not be loaded. */
export async function loadPart<T>(what: string, load: () => Promise<T>): Promise<T | null> {
  try {
    return await load();
  } catch (error) {
    log.warn("could not be loaded:", what, error);
    isPartMissing.value = true;
    return null;
  }
}

/** A place in the editor's configuration for what has to be loaded first. */
export class LoadedPart {
  readonly #place = new Compartment();
  #wanted: string | null = null;

  /** Nothing, to begin with. */
  readonly extension: Extension = this.#place.of([]);

  /** Puts there what is called `what`, when it has come; null: nothing. What is
   * wanted last counts, whatever comes last. */
  async want(view: EditorView, what: string | null, load: () => Promise<Extension>): Promise<void> {
    if (what === this.#wanted) return;
    this.#wanted = what;
    const loaded = what === null ? null : await loadPart(what, load);
    if (what === this.#wanted) view.dispatch({ effects: this.#place.reconfigure(loaded ?? []) });
  }
}
