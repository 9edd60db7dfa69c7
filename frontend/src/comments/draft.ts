/**
 * A comment that is being written, and on its way.
 *
 * It arrives exactly once. When nobody knows what became of a request, the same one is sent again, under the same key and
 * with the same words, even if these have been changed meanwhile: the change follows as one of its own.
 */

import { effect, signal } from "@preact/signals";
import { cleanText, type CommentedText, type Session } from "../session";
import { RightsError } from "../sharing";
import { type CommentRequests, randomToken } from "./requests";
import { type Comment, threadIn } from "./thread";

/** So many code points are a comment's most. */
export const TEXT_POINTS_MAX = 4000;

/** Where it goes: a new thread about a piece of the text, which the function gives when it is sent (null: that text is not
 * there any more); an answer in a thread; or other words for a comment that is there. */
export type Destination =
  | { kind: "thread"; piece: () => { from: number; to: number } | null }
  | { kind: "reply"; thread: string }
  | { kind: "edit"; thread: string; comment: string };

/** waiting: for the connection, or for the text around it to arrive. */
export type DraftState = "written" | "waiting" | "sending";

/** What became of it. */
export interface Arrived {
  readonly thread: string;
  readonly comment: Comment | null;
}

type Around = Pick<Session, "comments" | "link" | "unsaved">;

/** A piece of the text, in code points of the server's text at that revision. */
interface TextPlace {
  revision: number;
  from: number;
  to: number;
}

/** A request to make a comment. */
interface Asked {
  path: string;
  body: { text: string } & Partial<TextPlace>;
  key: string;
}

/** A draft as it is written down: what it says, and the request of which nobody knows what became. */
export interface KeptDraft {
  text: string;
  asked: Asked | null;
}

/** The text moved on while we asked: it is asked again with the place that it has now, so often at most. */
const ATTEMPTS = 3;

export class Draft {
  readonly text;
  readonly state = signal<DraftState>("written");
  /** The server's word for why it did not arrive; "unreachable" when there was no answer; null: nothing is wrong. */
  readonly problem = signal<string | null>(null);
  /** A request of which nobody knows what became. */
  readonly #asked;
  #giveUp: () => void = () => {};

  constructor(
    private readonly to: Destination,
    private readonly requests: Pick<CommentRequests, "ask">,
    private readonly around: Around,
    { text, asked }: KeptDraft = { text: "", asked: null },
  ) {
    this.text = signal(text);
    this.#asked = signal(asked);
  }

  /** As it would be written down now. */
  get kept(): KeptDraft {
    return { text: this.text.value, asked: this.#asked.value };
  }

  /** The words as the server takes them. */
  get words(): string {
    return cleanText(this.text.value).replace(/[^\P{Cc}\n\t]/gu, "").trim();
  }

  /** True while a request has been made of which nobody knows what became. */
  get isUncertain(): boolean {
    return this.#asked.peek() !== null;
  }

  /** So many code points are too many; 0: none are. */
  get excess(): number {
    return Math.max([...this.words].length - TEXT_POINTS_MAX, 0);
  }

  /** Sends it, as soon as that can be. null: it did not arrive, and `problem` says why; or stop() came before. */
  async send(): Promise<Arrived | null> {
    if (this.state.peek() !== "written" || this.words === "" || this.excess > 0) return null;
    this.problem.value = null;
    try {
      return await this.#arrive();
    } catch (error) {
      if (!(error instanceof Stopped)) this.problem.value = error instanceof RightsError ? error.code : "internal";
      return null;
    } finally {
      this.state.value = "written";
    }
  }

  /** Does not send it, if it still waits. */
  stop(): void {
    this.#giveUp();
  }

  async #arrive(): Promise<Arrived> {
    if (this.to.kind === "edit") return this.#change(this.to.thread, this.to.comment);
    const sent = this.#asked.peek()?.body.text;
    const arrived = await this.#make();
    if (sent === undefined || sent === this.words || !arrived.comment) return arrived;
    return this.#change(arrived.thread, arrived.comment.id);
  }

  async #change(thread: string, comment: string): Promise<Arrived> {
    await this.#until(() => this.around.link.value.kind === "up");
    this.state.value = "sending";
    const answer = await this.requests.ask("PATCH", `/${thread}/${comment}`, { text: this.words });
    return arrivedOf(answer, comment);
  }

  async #make(): Promise<Arrived> {
    for (let attempt = 1; ; attempt++) {
      const asked = this.#asked.peek() ?? (await this.#request());
      this.state.value = "sending";
      this.#asked.value = asked;
      try {
        const answer = await this.requests.ask("POST", asked.path, asked.body, asked.key);
        const arrived = arrivedOf(answer, (answer as { comment?: unknown } | null)?.comment);
        this.#asked.value = null;
        return arrived;
      } catch (error) {
        if (!isUncertain(error)) this.#asked.value = null;
        const isStale = error instanceof RightsError && error.code === "unknown_revision";
        if (!isStale || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async #request(): Promise<Asked> {
    const { to } = this;
    const key = randomToken();
    if (to.kind === "reply") {
      await this.#until(() => this.around.link.value.kind === "up");
      return { path: `/${to.thread}`, body: { text: this.words }, key };
    }
    if (to.kind === "edit") throw new RightsError("internal");
    await this.#until(() => this.around.link.value.kind === "up" && this.around.unsaved.value === 0);
    const piece = to.piece();
    if (!piece) throw new RightsError("text_gone");
    const place = placeOf(this.around.comments.text, piece);
    if (!place) throw new RightsError("not_saved");
    return { path: "", body: { ...place, text: this.words }, key };
  }

  /** Resolves once that is so; rejects when stop() comes before. */
  #until(isSo: () => boolean): Promise<void> {
    this.state.value = "waiting";
    return new Promise((resolve, reject) => {
      let stop = () => {};
      let isDone = false;
      const end = (settle: () => void) => {
        isDone = true;
        this.#giveUp = () => {};
        settle();
        stop();
      };
      this.#giveUp = () => end(() => reject(new Stopped()));
      stop = effect(() => {
        if (!isDone && isSo()) end(resolve);
      });
      if (isDone) stop();
    });
  }
}

/** null: the server does not have all of that text yet. */
function placeOf(text: CommentedText, { from, to }: { from: number; to: number }): TextPlace | null {
  if (!text.canSendCarets || text.unsaved > 0) return null;
  return { revision: text.revision, from: text.pointsOf(from), to: text.pointsOf(to) };
}

/** It was not sent after all. */
class Stopped extends Error {}

/** True when the server may have done it all the same. */
function isUncertain(error: unknown): boolean {
  return !(error instanceof RightsError) || error.code === "unreachable" || error.code === "internal";
}

function arrivedOf(answer: unknown, id: unknown): Arrived {
  try {
    const { thread } = threadIn(answer);
    return { thread: thread.id, comment: thread.comments.find((it) => it.id === id) ?? null };
  } catch {
    throw new RightsError("internal"); // of a proxy between, perhaps
  }
}
