/**
 * What becomes of the comments, in the order in which it becomes of them: what the server says of them, and the operations
 * that move them. The code that makes something of it is loaded when there are any; until then it is kept here.
 *
 * A place of a message is one in the server's text at that point of the order. Where it stands in the text that the user
 * sees is another matter: that text has edits that are not sent yet, too.
 */

import { signal } from "@preact/signals";
import type { Components } from "../kernel";
import type { Sync, Witness } from "../sync";

/** The server said that, unchecked; or that was done to its text; or ("unknown") nothing is known of comments any more. */
export type CommentNews =
  | { kind: "told"; name: string; body: unknown }
  | { kind: "moved"; operation: Components }
  | { kind: "unknown" };

/** What of the text is needed to tell where a comment is. */
export type CommentedText = Pick<Sync, "canSendCarets" | "pointsOf" | "revision" | "u16Of" | "unsaved" | "unsentOperations">;

/** More is not kept for code that does not come: then comments are unknown until the next connection. */
const KEPT_MOST = 10_000;

export class CommentFeed implements Witness {
  /** True once the server has said something of comments. */
  readonly isNeeded = signal(false);
  /** Called when there is something to take(). */
  onNews = (): void => {};
  #news: CommentNews[] = [];

  constructor(readonly text: CommentedText) {}

  /** What is new since the last time. */
  take(): CommentNews[] {
    return this.#news.splice(0);
  }

  /** The server said that; it may be about something else. */
  hear(name: string, body: unknown): void {
    if (!name.startsWith("Comment")) return;
    this.isNeeded.value = true;
    this.#add({ kind: "told", name, body });
  }

  entry({ operation }: Parameters<Witness["entry"]>[0]): void {
    this.#add({ kind: "moved", operation });
  }

  snapshot(): void {
    this.#add({ kind: "unknown" });
  }

  /** Without comments nothing moves. */
  #add(news: CommentNews): void {
    if (!this.isNeeded.peek()) return;
    this.#news.push(news);
    if (this.#news.length > KEPT_MOST) this.#news = [{ kind: "unknown" }];
    this.onNews();
  }
}
