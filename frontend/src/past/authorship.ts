/**
 * Who wrote which part of the text, while people type on. The server is asked once; from then on the operations that reach
 * this tab say who wrote what, as they said it to the server. What is unsent is one's own.
 */

import { type ReadonlySignal, signal } from "@preact/signals";
import { type Change, changesOf, Operation, Rope } from "../kernel";
import type { Session, Witness } from "../session";
import { type PadRequests, RightsError } from "../sharing";
import { changedRuns, type Run } from "./runs";
import type { Author } from "./sitting";

/** As the server tells it: lengths in code points with an author each, together the text at that revision. */
interface Told {
  readonly revision: number;
  readonly runs: readonly (readonly [points: number, author: number | null])[];
  readonly authors: Readonly<Record<string, Omit<Author, "id">>>;
}

type Entry = Parameters<Witness["entry"]>[0];
type OfPad = Pick<Session, "kept" | "people" | "unsentState" | "userId">;

export class Authorship implements Witness {
  /** Those of the server's text; null: they are not known. */
  #runs: readonly Run[] | null = null;
  /** The server's text; while #runs are not known, that at #revision. */
  readonly #text = new Rope();
  #revision = 0;
  /** What has been done to it since, while #runs are not known. */
  #missed: Entry[] = [];
  /** The answer, while it speaks of what this tab has not been told yet. */
  #told: Told | null = null;
  readonly #authors = signal<ReadonlyMap<number, Author>>(new Map());
  readonly #problem = signal<string | null>(null);
  readonly #known = signal(0);
  #isStopped = false;

  constructor(
    private readonly session: OfPad,
    private readonly requests: Pick<PadRequests, "answer">,
  ) {}

  /** Whoever has written something that is or was in the text. */
  get authors(): ReadonlySignal<ReadonlyMap<number, Author>> {
    return this.#authors;
  }

  /** The server's word for why nobody knows, or "unreachable"; null: somebody does, or the answer is on the way. */
  get problem(): ReadonlySignal<string | null> {
    return this.#problem;
  }

  /** Changes with each answer of the server, and not with what is typed. 0: none has come. */
  get known(): ReadonlySignal<number> {
    return this.#known;
  }

  /** Asks, and keeps up from then on; asks anew where it does that already. */
  async start(): Promise<void> {
    const text = this.session.kept.watch(this);
    if (text !== null) await this.#ask(text);
  }

  /** Keeps up no more. */
  stop(): void {
    this.session.kept.unwatch(this);
    this.#isStopped = true;
    this.#text.free();
  }

  entry(entry: Entry): void {
    if (this.#runs) return this.#take(entry);
    this.#missed.push(entry);
    this.#settle();
  }

  snapshot(text: string): void {
    void this.#ask(text);
  }

  /** Those of the text with what is unsent; null: they are not known. */
  present(): readonly Run[] | null {
    const unsent = this.#runs && this.session.unsentState();
    if (!this.#runs || !unsent) return this.#runs;
    const parts = [unsent.inflight, unsent.buffer].filter((it) => it !== null).map(({ operation }) => Operation.of(operation));
    const all = parts.reduce((first, next) => {
      const both = first.compose(next);
      first.free();
      next.free();
      return both;
    });
    const changes = changesOf(all, this.#text);
    all.free();
    return this.typed(this.#runs, changes);
  }

  /** Those after changes of one's own. */
  typed(runs: readonly Run[], changes: readonly Change[]): readonly Run[] {
    return changedRuns(runs, changes, this.session.userId.peek());
  }

  /** What an author is called, now or when they were here last; null: nobody knows. */
  authorOf(id: number | null): Author | null {
    if (id === null) return null;
    const person = this.session.people.byId.peek().get(id);
    return person ? { id, name: person.name, hue: person.hue } : (this.#authors.peek().get(id) ?? null);
  }

  async #ask(text: string): Promise<void> {
    [this.#runs, this.#told, this.#missed] = [null, null, []];
    this.#text.set(text);
    this.#revision = this.session.kept.revision;
    try {
      const told = await this.requests.answer<Told>("GET", "/authorship");
      if (this.#isStopped) return;
      this.#told = told;
      this.#problem.value = null;
      this.#settle();
    } catch (error) {
      if (!this.#isStopped) this.#problem.value = error instanceof RightsError ? error.code : "internal";
    }
  }

  /** Puts the answer and what was done since together, once this tab has been told of all that is in the answer. */
  #settle(): void {
    const told = this.#told;
    const before = told ? told.revision - this.#revision : Infinity;
    if (!told || before > this.#missed.length) return;
    const entries = this.#missed;
    [this.#told, this.#missed] = [null, []];
    for (const entry of entries.slice(0, Math.max(0, before))) this.#apply(entry);
    if (before < 0 || told.runs.reduce((sum, [points]) => sum + points, 0) !== this.#text.points) {
      this.#problem.value = "internal";
      return;
    }
    this.#authors.value = new Map(Object.entries(told.authors).map(([id, author]) => [Number(id), { id: Number(id), ...author }]));
    let [points, at] = [0, 0];
    this.#runs = told.runs.map(([length, author]) => {
      const end = this.#text.u16OfPoints((points += length));
      const units = end - at;
      at = end;
      return { units, author };
    });
    for (const entry of entries.slice(Math.max(0, before))) this.#take(entry);
    this.#known.value++;
  }

  /** Takes in what somebody did. */
  #take(entry: Entry): void {
    const author = Number.isSafeInteger(entry.id) ? entry.id : null;
    this.#runs = changedRuns(this.#runs!, this.#apply(entry), author);
    if (author === null || this.#authors.peek().has(author)) return;
    const known = this.authorOf(author) ?? { id: author, name: null, hue: null };
    this.#authors.value = new Map(this.#authors.peek()).set(author, known);
  }

  #apply({ operation }: Entry): Change[] {
    const op = Operation.of(operation);
    const changes = changesOf(op, this.#text);
    op.applyTo(this.#text);
    op.free();
    return changes;
  }
}
