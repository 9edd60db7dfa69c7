/**
 * When this page must not go on: another tab speaks under its token, or its copy
 * broke. It stops, saves its texts for the next page of the tab, and loads
 * that. Where the browser cannot keep them for it, the page stays as it is, so
 * that they can be copied from it.
 */

import { signal } from "@preact/signals";
import { storageTrouble } from "../browser";
import type { UnmergedTexts } from "./unmerged_texts";

/** The page that must not go on. */
export interface SessionPage {
  unsaved(): number;
  text(): string;
  /** Writes down what is unsent; says whether that went well. */
  saveUnsent(): Promise<boolean>;
  /** Nothing is said, and nothing written down, from here on. */
  shutDown(reason: "replaced" | "out_of_step"): void;
}

export class SessionHandoff {
  /** The next page is on its way. */
  readonly isUnderway = signal(false);
  /** Another tab goes on with what was unsent here. */
  #isClaimed = false;

  constructor(
    private readonly unmerged: UnmergedTexts,
    private readonly page: SessionPage,
  ) {}

  /** Under a token that another tab has, whatever is said or written may come
   * to be there twice. */
  claimedElsewhere(): void {
    this.#isClaimed = true;
    this.page.shutDown("replaced");
  }

  /** Back from the browser's cache of pages. Another visit may have gone on with
   * what was unsent; if none has, it is offered to the next page. */
  async onPageRestored(): Promise<void> {
    if (this.page.unsaved() === 0 || storageTrouble.peek().unsent) return;
    // With the server away there would be no next page. This one is as good until
    // then: it looks whose its record is before it writes or speaks.
    if (await isServerThere()) this.#load("replaced");
  }

  /** Editor and copy do not agree any more; `text` is the editor's. */
  copyBroken(text: string): void {
    this.unmerged.add(text, "broken");
    this.#load("out_of_step");
  }

  /** The user wants the pad here. What the tab that has it may lack is offered
   * as text; where no tab has it, what is unsent is offered as ever. */
  async begin(): Promise<void> {
    const isKept = !this.#isClaimed && (await this.page.saveUnsent());
    if (this.page.unsaved() > 0 && !isKept) this.unmerged.add(this.page.text(), "elsewhere");
    this.#load("replaced");
  }

  #load(reason: "replaced" | "out_of_step"): void {
    this.page.shutDown(reason);
    if (!this.unmerged.saveForNextPage()) return;
    this.isUnderway.value = true;
    location.reload();
  }
}

const ANSWER_MS = 3_000;

async function isServerThere(): Promise<boolean> {
  try {
    const { ok } = await fetch(location.pathname, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
    return ok;
  } catch {
    return false;
  }
}
