/**
 * The past of a pad: the list of its sittings, and the text at the end of one of them.
 *
 * Answers may come late and in another order. Each list that is asked for takes the place of what is known of its time,
 * and of texts only the one that was asked for last is shown.
 */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { PadRequests, RightsError } from "../sharing";
import { type Mark, marksBetween, marksOf, type Step } from "./marks";
import { amountsOf, Operations, type PastOperation } from "./operations";
import { type Author, renewed, type Sitting } from "./sitting";

/** The text at the end of a sitting. */
export interface Shown {
  /** Of a single operation: what would be told of a sitting that was nothing else. */
  readonly sitting: Sitting;
  /** True of a single operation. */
  readonly isOperation: boolean;
  /** null: it has not come yet, or cannot be had. */
  readonly text: string | null;
  /** What the sitting has changed; none before that is known. */
  readonly marks: readonly Mark[];
  /** The server's word for why there is no text; null: there is one, or it is on the way. */
  readonly problem: string | null;
  /** A revision near this one that does have a text, where this one has none any more; null: none is known. */
  readonly nearest: number | null;
}

/** So many sittings are asked for at a time. */
const ASKED = 100;
/** Who holds an arrow key down passes moments more quickly. */
const PAUSE_MS = 80;
/** So many texts are kept: who goes step by step comes from one to the next. */
const TEXTS_MOST = 4;

export class PastTexts {
  readonly #sittings = signal<readonly Sitting[] | null>(null);
  readonly #problem = signal<string | null>(null);
  readonly #hasMore = signal(false);
  readonly #shown = signal<Shown | null>(null);
  readonly #authors = computed(() => {
    const oldestFirst = (this.#sittings.value ?? []).toReversed();
    return new Map(oldestFirst.flatMap(({ authors }) => authors.map((author) => [author.id, author])));
  });
  #isAskingForMore = false;
  /** Sittings that somebody asked about, and that are not in the list. */
  #beside: readonly Sitting[] = [];
  /** Some texts by their revisions, the latest last. */
  readonly #texts = new Map<number, Promise<string>>();
  /** Resolves when the last step is done: they are made one after the other. */
  #stepped: Promise<void> = Promise.resolve();
  readonly operations: Operations;

  /** `pause` resolves when it is likely that nobody is on the way to another moment. */
  constructor(
    private readonly requests: Pick<PadRequests, "answer" | "request">,
    private readonly pause: () => Promise<void> = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS)),
  ) {
    this.operations = new Operations(requests);
  }

  /** Newest first; null: they have not come yet. */
  get sittings(): ReadonlySignal<readonly Sitting[] | null> {
    return this.#sittings;
  }

  /** The server's word for why the list could not be had the last time, "unreachable", or "off" where no history is
   * kept; null: it could. */
  get problem(): ReadonlySignal<string | null> {
    return this.#problem;
  }

  /** True where there are older ones. */
  get hasMore(): ReadonlySignal<boolean> {
    return this.#hasMore;
  }

  /** Whoever stands in the sittings that are known, under the name that they had last. */
  get authors(): ReadonlySignal<ReadonlyMap<number | null, Author>> {
    return this.#authors;
  }

  /** null: the text as it is now. */
  get shown(): ReadonlySignal<Shown | null> {
    return this.#shown;
  }

  /** Asks for the newest ones. */
  async renew(): Promise<void> {
    await this.#ask(async () => {
      const told = await this.requests.answer<Sitting[]>("GET", `/history?limit=${ASKED}`);
      if (told.length === 0 && !(await this.#isKept())) {
        this.#sittings.value = null;
        return "off";
      }
      const known = this.#sittings.peek() ?? [];
      const all = renewed(known, told, ASKED);
      // Older ones are there as before, unless the list was new.
      if (all.length === told.length) this.#hasMore.value = told.length === ASKED;
      this.#sittings.value = all;
      return null;
    });
  }

  /** Asks for older ones. */
  async more(): Promise<void> {
    const known = this.#sittings.peek() ?? [];
    const oldest = known.at(-1);
    if (!oldest || !this.#hasMore.peek() || this.#isAskingForMore) return;
    this.#isAskingForMore = true;
    await this.#ask(async () => {
      const told = await this.requests.answer<Sitting[]>("GET", `/history?before=${oldest.first}&limit=${ASKED}`);
      this.#hasMore.value = told.length === ASKED;
      this.#sittings.value = [...(this.#sittings.peek() ?? []), ...told.filter(({ first }) => first < oldest.first)];
      return null;
    });
    this.#isAskingForMore = false;
  }

  /** Shows the text as it was at the end of that sitting. Resolves when it is there with its marks, or cannot be had. */
  async show(sitting: Sitting, isOperation = false): Promise<void> {
    const asked: Shown = { sitting, isOperation, text: null, marks: [], problem: null, nearest: null };
    this.#shown.value = asked;
    const isWanted = () => this.#shown.peek()?.sitting === sitting;
    try {
      await this.pause();
      if (!isWanted()) return;
      const text = await this.textAt(sitting.end);
      if (!isWanted()) return;
      this.#shown.value = { ...asked, text };
      const marks = await this.#marksOf(sitting, text);
      if (isWanted()) this.#shown.value = { ...asked, text, marks };
    } catch (error) {
      if (isWanted()) this.#shown.value = { ...asked, problem: codeOf(error), nearest: nearestIn(error) };
    }
  }

  /** Shows the text of the nearest revision that has one, where the one that was asked for has none. */
  async showNearest(): Promise<void> {
    const { sitting, nearest } = this.#shown.peek() ?? {};
    if (sitting && typeof nearest === "number") await this.show({ ...sitting, end: nearest });
  }

  /** Shows the text before or after that which is shown, by one operation; does nothing where there is none. */
  step(by: 1 | -1): Promise<void> {
    this.#stepped = this.#stepped.then(() => this.#step(by)).catch(() => undefined); // the next step may find more
    return this.#stepped;
  }

  /** Shows the text at that revision. */
  async showRevision(revision: number): Promise<void> {
    const nothing = { first: revision, end: revision, began_at: 0, ended_at: 0, authors: [], inserted: 0, deleted: 0 };
    const asked: Shown = { sitting: nothing, isOperation: true, text: null, marks: [], problem: null, nearest: null };
    this.#shown.value = asked;
    try {
      const operation = await this.operations.before(revision);
      const sitting = operation ? await this.momentOf(operation) : ((await this.#sittingBefore(revision)) ?? nothing);
      if (this.#shown.peek() === asked) await this.show({ ...sitting, end: revision }, true);
    } catch (error) {
      if (this.#shown.peek() === asked) this.#shown.value = { ...asked, problem: codeOf(error) };
    }
  }

  /** Shows a text that is known already: the one behind that operation. */
  showKnown(operation: PastOperation, text: string): void {
    const sitting = momentBy(operation, this.#authors.peek().get(operation.author) ?? null);
    this.#shown.value = { sitting, isOperation: true, text, marks: [], problem: null, nearest: null };
  }

  /** Shows the text as it is now. */
  close(): void {
    this.#shown.value = null;
    this.#texts.clear();
  }

  /** The text at that revision. Rejects with a RightsError. */
  textAt(revision: number): Promise<string> {
    const known = this.#texts.get(revision) ?? this.requests.request("GET", `/history/${revision}`).then((it) => it.text());
    this.#texts.delete(revision);
    this.#texts.set(revision, known);
    known.catch(() => this.#texts.delete(revision));
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > TEXTS_MOST) this.#texts.delete(oldest!);
    return known;
  }

  /** What would be told of a sitting that was this operation alone. Rejects with a RightsError. */
  async momentOf(operation: PastOperation): Promise<Sitting> {
    const sitting = await this.#sittingBefore(operation.revision + 1);
    return momentBy(operation, sitting?.authors.find(({ id }) => id === operation.author) ?? null);
  }

  async #step(by: 1 | -1): Promise<void> {
    const shown = this.#shown.peek();
    if (!shown) return;
    const { end } = shown.sitting;
    const last = by < 0 ? await this.operations.before(end) : null;
    const next = by > 0 ? await this.operations.after(end) : last && (await this.operations.before(last.revision));
    if (!next) return;
    const sitting = await this.momentOf(next);
    if (this.#shown.peek()?.sitting.end === end) void this.show(sitting, true);
  }

  /** The last sitting that began before that revision; null: none did. */
  async #sittingBefore(revision: number): Promise<Sitting | null> {
    const isIn = ({ first, end }: Sitting) => first < revision && revision <= end;
    const known = this.#sittings.peek()?.find(isIn) ?? this.#beside.find(isIn);
    if (known) return known;
    this.#beside = await this.requests.answer<Sitting[]>("GET", `/history?before=${revision}&limit=1`);
    return this.#beside[0] ?? null;
  }

  /** Without a text the list is empty, too. */
  async #isKept(): Promise<boolean> {
    try {
      await this.requests.request("GET", "/authorship");
      return true;
    } catch (error) {
      return codeOf(error) !== "gone";
    }
  }

  /** `act` resolves to a problem that it has found, or null. */
  async #ask(act: () => Promise<string | null>): Promise<void> {
    try {
      this.#problem.value = await act();
    } catch (error) {
      this.#problem.value = codeOf(error);
    }
  }

  /** Where the text before has been thinned away, nothing is marked. */
  async #marksOf({ first, end, authors }: Sitting, text: string): Promise<readonly Mark[]> {
    try {
      const before = await this.textAt(first);
      const [author] = authors;
      if (authors.length === 1) return marksBetween(before, text, author!.id);
      const path = `/history/operations?from=${first}&to=${end}`;
      const steps = await this.requests.answer<Step[]>("GET", path);
      return marksOf(before, steps, text) ?? marksBetween(before, text, null);
    } catch {
      return [];
    }
  }
}

function momentBy(operation: PastOperation, author: Author | null): Sitting {
  const { revision: first, end, author: id, time } = operation;
  const at = Math.floor(time / 1000);
  return { first, end, began_at: at, ended_at: at, authors: [author ?? { id, name: null, hue: null }], ...amountsOf(operation) };
}

function nearestIn(error: unknown): number | null {
  const { before, after } = error instanceof RightsError ? error.answer : {};
  return [before, after].find((it) => typeof it === "number") ?? null;
}

function codeOf(error: unknown): string {
  return error instanceof RightsError ? error.code : "internal";
}
