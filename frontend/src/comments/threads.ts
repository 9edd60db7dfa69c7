/**
 * The threads of a pad as they are in this tab: what the server has told of them, each at its place, which moves with every
 * operation as it does on the server. The places are those of the server's text; shown() moves them over what is not sent
 * yet, so that neither kind of operation moves them twice, and what is shown is what will be when all has arrived.
 */

import { type ReadonlySignal, signal } from "@preact/signals";
import { log } from "../browser";
import type { CommentedText, CommentFeed, CommentNews } from "../session";
import { isDetached, moved, type Place, stepOf } from "./place";
import { BadThread, type Comment, goneIn, type PlacedThread, type Thread, threadIn, threadsIn } from "./thread";

/** A thread where it stands in the editor's text, in UTF-16 units. */
export interface ShownPlace extends Place {
  readonly id: string;
}

/** A comment that came while we were here. */
export interface NewComment {
  readonly thread: Thread;
  readonly comment: Comment;
}

/** The threads by what is shown of them. */
export interface Sorted {
  /** In the order of the text. */
  readonly open: readonly Thread[];
  /** Those that lost their text; the oldest first, as all below. */
  readonly detached: readonly Thread[];
  readonly resolved: readonly Thread[];
}

type Feed = Pick<CommentFeed, "take"> & { text: Pick<CommentedText, "u16Of" | "unsentOperations"> };

export class Threads {
  /** By their ids, in the order in which they were made. */
  readonly #threads = new Map<string, PlacedThread>();
  readonly #sorted = signal<Sorted>({ open: [], detached: [], resolved: [] });

  constructor(private readonly feed: Feed) {}

  get sorted(): ReadonlySignal<Sorted> {
    return this.#sorted;
  }

  /** The thread of that id; null: there is none. */
  find(id: string): Thread | null {
    return this.#threads.get(id)?.thread ?? null;
  }

  /** Takes in what is new, and gives the comments among it that somebody has just made. */
  takeIn(): NewComment[] {
    const made: NewComment[] = [];
    for (const news of this.feed.take()) {
      try {
        made.push(...this.#take(news));
      } catch (error) {
        if (!(error instanceof BadThread)) throw error;
        log.error("a message about comments is not understood:", error);
      }
    }
    this.#sort();
    return made;
  }

  /** Where the threads stand in the editor's text; those that are detached are nowhere. */
  shown(): ShownPlace[] {
    const { text } = this.feed;
    const steps = text.unsentOperations.map(stepOf);
    const shown: ShownPlace[] = [];
    for (const [id, { place }] of this.#threads) {
      const local = steps.reduce(moved, place);
      if (!isDetached(local)) shown.push({ id, from: text.u16Of(local.from), to: text.u16Of(local.to) });
    }
    return shown;
  }

  /** The places in the server's text, by the ids of the threads. */
  get places(): ReadonlyMap<string, Place> {
    return new Map([...this.#threads].map(([id, { place }]) => [id, place]));
  }

  #take(news: CommentNews): NewComment[] {
    if (news.kind === "unknown") this.#threads.clear();
    else if (news.kind === "moved") this.#move(news.operation);
    else if (news.name === "Comments") this.#replace(threadsIn(news.body));
    else if (news.name === "Comment") return this.#put(threadIn(news.body));
    else if (news.name === "CommentGone") this.#threads.delete(goneIn(news.body));
    return [];
  }

  #move(operation: readonly (number | string)[]): void {
    if (this.#threads.size === 0) return;
    const step = stepOf(operation);
    for (const [id, { thread, place }] of this.#threads) this.#threads.set(id, { thread, place: moved(place, step) });
  }

  #replace(all: readonly PlacedThread[]): void {
    this.#threads.clear();
    for (const it of all) this.#threads.set(it.thread.id, it);
  }

  #put(it: PlacedThread): NewComment[] {
    const { thread } = it;
    const known = new Set(this.find(thread.id)?.comments.map(({ id }) => id));
    this.#threads.set(thread.id, it);
    return thread.comments.filter(({ id }) => !known.has(id)).map((comment) => ({ thread, comment }));
  }

  /** Tells of another order, or of another thread, and not of each place. */
  #sort(): void {
    const all = [...this.#threads.values()];
    const threadsOf = (some: readonly PlacedThread[]) => some.map(({ thread }) => thread);
    const unresolved = all.filter(({ thread }) => !thread.resolved);
    const placed = unresolved.filter(({ place }) => !isDetached(place));
    const sorted: Sorted = {
      open: threadsOf(placed.toSorted((a, b) => a.place.from - b.place.from || a.place.to - b.place.to)),
      detached: threadsOf(unresolved.filter(({ place }) => isDetached(place))),
      resolved: threadsOf(all.filter(({ thread }) => thread.resolved)),
    };
    if (!isSame(sorted, this.#sorted.peek())) this.#sorted.value = sorted;
  }
}

function isSame(a: Sorted, b: Sorted): boolean {
  const same = (x: readonly Thread[], y: readonly Thread[]) => x.length === y.length && x.every((it, i) => it === y[i]);
  return same(a.open, b.open) && same(a.detached, b.detached) && same(a.resolved, b.resolved);
}
