/** Comments that are being written in a pad, kept over a reload of the tab, and no longer than the tab. */

import type { KeptDraft } from "./draft";

type TabStorage = Pick<Storage, "getItem" | "removeItem" | "setItem">;

export class KeptDrafts {
  readonly #key: string;

  /** `storage` may throw where the browser forbids it: then nothing is kept. */
  constructor(
    padId: string,
    private readonly storage: () => TabStorage = () => sessionStorage,
  ) {
    this.#key = `kolabpad.comments.${padId}`;
  }

  /** The one that was kept under that name; null: none was. */
  of(name: string): KeptDraft | null {
    return this.#all()[name] ?? null;
  }

  /** Keeps it, unless there is nothing in it. */
  keep(name: string, draft: KeptDraft): void {
    const { [name]: before, ...others } = this.#all();
    const isEmpty = draft.text === "" && draft.asked === null;
    if (isEmpty && before === undefined) return;
    this.#write(isEmpty ? others : { ...others, [name]: draft });
  }

  /** Lets go of it. */
  forget(name: string): void {
    this.keep(name, { text: "", asked: null });
  }

  #all(): Record<string, KeptDraft> {
    try {
      return (JSON.parse(this.storage().getItem(this.#key) ?? "{}") ?? {}) as Record<string, KeptDraft>;
    } catch {
      return {};
    }
  }

  #write(all: Record<string, KeptDraft>): void {
    try {
      if (Object.keys(all).length === 0) this.storage().removeItem(this.#key);
      else this.storage().setItem(this.#key, JSON.stringify(all));
    } catch {
      // A browser that keeps nothing, or no more.
    }
  }
}
