/**
 * When this page must not go on: another tab speaks under its token, or its copy
 * broke. It stops, saves its texts for the next page of the tab, and loads
 * that. Where the browser cannot keep them for it, the page stays as it is, so
 * that they can be copied from it.
 */

import { signal } from "@preact/signals";
import type { Environment } from "./environment";
import type { UnmergedTexts } from "./unmerged_texts";

/** The session that must not go on. */
export interface EndingSession {
  /** The number of changes that the server does not have. */
  unsaved(): number;
  /** The text as the user sees it. */
  text(): string;
  /** Writes down what is unsent; resolves to false when that did not go well. */
  saveUnsent(): Promise<boolean>;
  /** Nothing is said, and nothing written down, from here on. */
  shutDown(reason: "replaced" | "out_of_step"): void;
}

export class SessionHandoff {
  /** True once the next page is on its way. */
  readonly isUnderway = signal(false);
  /** True once another tab goes on with what was unsent here. */
  #isClaimed = false;

  constructor(
    private readonly unmerged: UnmergedTexts,
    private readonly session: EndingSession,
    /** The page's own address; what follows ? and # does not count. */
    private readonly base: string,
    private readonly environment: Pick<Environment, "fetch" | "page" | "storageTrouble" | "timing">,
  ) {}

  /** Another tab has the token of this one: whatever is said or written under it
   * from now on may come to be there twice. */
  claimedElsewhere(): void {
    this.#isClaimed = true;
    this.session.shutDown("replaced");
  }

  /** Back from the browser's cache of pages. Another visit may have gone on with
   * what was unsent; if none has, it is offered to the next page. */
  async onPageRestored(): Promise<void> {
    if (this.session.unsaved() === 0 || this.environment.storageTrouble.peek().unsent) return;
    // With the server away there would be no next page. This one is as good until
    // then: it looks whose its record is before it writes or speaks.
    if (await this.#isServerThere()) this.#load("replaced");
  }

  /** Editor and copy do not agree any more; `text` is the editor's. */
  copyBroken(text: string): void {
    this.unmerged.add(text, "broken");
    this.#load("out_of_step");
  }

  /** The user wants the pad here. What the tab that has it may lack is offered
   * as text; where no tab has it, what is unsent is offered as ever. */
  async begin(): Promise<void> {
    const isSaved = !this.#isClaimed && (await this.session.saveUnsent());
    if (this.session.unsaved() > 0 && !isSaved) this.unmerged.add(this.session.text(), "elsewhere");
    this.#load("replaced");
  }

  #load(reason: "replaced" | "out_of_step"): void {
    this.session.shutDown(reason);
    if (!this.unmerged.saveForNextPage()) return;
    this.isUnderway.value = true;
    this.environment.page.reload();
  }

  async #isServerThere(): Promise<boolean> {
    const url = new URL(this.base);
    url.search = url.hash = "";
    const signal = AbortSignal.timeout(this.environment.timing.serverCheckMs);
    try {
      const { ok } = await this.environment.fetch(url, { method: "HEAD", cache: "no-store", signal });
      return ok;
    } catch {
      return false;
    }
  }
}
