/**
 * The server's text for a later visit, and a visit that begins with one: when the server cannot be asked. Such a text is
 * where the sync machine goes on from, as after any interruption. So what is typed into it is neither lost nor doubled,
 * whatever has become of the pad meanwhile.
 */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Sync, Witness } from "../sync";

/** A text, and where the history of the pad was then. Of a pad that nobody has been in yet the epoch is null. */
export interface Copy {
  epoch: string | null;
  revision: number;
  text: string;
  language: string | null;
}

export class KeptText {
  readonly #asOf = signal<number | null>(null);
  #onShown: () => void = () => {};

  constructor(
    private readonly sync: Sync,
    private readonly language: Signal<string | null>,
  ) {}

  /** Calls `onShown` when there is a text by it. */
  listen(onShown: () => void): void {
    this.#onShown = onShown;
  }

  /** The time of the text that is shown, as Date.now() gives it; null: the server has been asked for its own since, or
   * there was none to show. */
  get asOf(): ReadonlySignal<number | null> {
    return this.#asOf;
  }

  /** The revision of the server's text here: it has not changed where this has not. */
  get revision(): number {
    return this.sync.revision;
  }

  /** The server's text as it is known here, without what is unsent; null: it is not known. */
  copy(): Copy | null {
    const copy = this.sync.copy();
    return copy && { epoch: copy.epoch, revision: copy.revision, text: copy.serverText, language: this.language.peek() };
  }

  /** Tells `witness` of all that becomes of the server's text from now on, and gives it as it is; null: it is not known. */
  watch(witness: Witness): string | null {
    this.sync.witnesses.add(witness);
    return this.copy()?.text ?? null;
  }

  /** Tells it no more. */
  unwatch(witness: Witness): void {
    this.sync.witnesses.delete(witness);
  }

  /** Shows that text until the server gives its own; does nothing where there is one already. `savedAtMs`: null for a pad
   * that nobody has been in. */
  show({ epoch, revision, text, language }: Copy, savedAtMs: number | null): void {
    if (this.sync.isLoaded) return;
    this.sync.resume({ epoch, revision, serverText: text, inflight: null, buffer: null });
    this.#asOf.value = savedAtMs;
    this.language.value ??= language;
    this.#onShown();
  }

  /** The server has given its own. */
  over(): void {
    this.#asOf.value = null;
  }
}
