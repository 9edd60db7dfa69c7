/**
 * Texts that stood in this tab and may stand nowhere else, kept until the user
 * has decided about them. They outlive a reload of the tab, since beginning anew
 * is sometimes all that is left to do.
 */

import { type ReadonlySignal, signal } from "@preact/signals";
import { log } from "../browser";
import type { Environment } from "./environment";

/** A text, and how it came to be unmerged. */
export interface UnmergedText {
  text: string;
  /** set_back: the server came back with an older text. elsewhere: another tab
   * went on with what was unsent here. broken: this copy had to be given up.
   * unsent: the server did not take what an earlier visit left. */
  why: "set_back" | "elsewhere" | "broken" | "unsent";
}

const KEY = "kolabpad.lost.";

/** Those of one pad. */
export class UnmergedTexts {
  readonly #all = signal<readonly UnmergedText[]>([]);

  constructor(
    private readonly padId: string,
    private readonly storage: Environment["tabStorage"],
  ) {}

  /** The oldest first. */
  get all(): ReadonlySignal<readonly UnmergedText[]> {
    return this.#all;
  }

  /** Keeps a text, unless it is there already. */
  add(text: string, why: UnmergedText["why"]): void {
    if (!this.#all.peek().some((it) => it.text === text)) this.#all.value = [...this.#all.peek(), { text, why }];
  }

  /** Forgets a text: it is merged after all, or not wanted. */
  drop(text: string): void {
    if (this.#all.peek().some((it) => it.text === text)) {
      this.#all.value = this.#all.peek().filter((it) => it.text !== text);
    }
  }

  /** Keeps them for the next page of this tab. False when the browser cannot. */
  saveForNextPage(): boolean {
    if (this.#all.peek().length === 0) return true;
    try {
      this.storage().setItem(KEY + this.padId, JSON.stringify(this.#all.peek()));
      return true;
    } catch (error) {
      log.warn("a text cannot be kept over a reload:", error);
      return false;
    }
  }

  /** Takes up the texts that the page before this one saved. */
  restoreFromLastPage(): void {
    try {
      const kept = JSON.parse(this.storage().getItem(KEY + this.padId) ?? "[]") as UnmergedText[];
      this.storage().removeItem(KEY + this.padId);
      for (const { text, why } of kept) this.add(text, why);
    } catch (error) {
      log.warn("no texts of the page before this one:", error);
    }
  }
}
