/**
 * The past of a pad: the list of its sittings, and the text at the end of one of them.
 *
 * Answers may come late and in another order. Each list that is asked for takes the place of what is known of its time,
 * and of texts only the one that was asked for last is shown.
 */

import { type ReadonlySignal, signal } from "@preact/signals";
import { PadRequests, RightsError } from "../sharing";
import { type Mark, marksBetween, marksOf, type Step } from "./marks";
import { renewed, type Sitting } from "./sitting";

/** The text at the end of a sitting. */
export interface Shown {
  readonly sitting: Sitting;
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

export class PastTexts {
  readonly #sittings = signal<readonly Sitting[] | null>(null);
  readonly #problem = signal<string | null>(null);
  readonly #hasMore = signal(false);
  readonly #shown = signal<Shown | null>(null);
  #isAskingForMore = false;

  /** `pause` resolves when it is likely that nobody is on the way to another moment. */
  constructor(
    private readonly requests: Pick<PadRequests, "answer" | "request">,
    private readonly pause: () => Promise<void> = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS)),
  ) {}

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
  async show(sitting: Sitting): Promise<void> {
    const asked: Shown = { sitting, text: null, marks: [], problem: null, nearest: null };
    this.#shown.value = asked;
    const isWanted = () => this.#shown.peek()?.sitting === sitting;
    try {
      await this.pause();
      if (!isWanted()) return;
      const text = await this.#textAt(sitting.end);
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

  /** Shows the text as it is now. */
  close(): void {
    this.#shown.value = null;
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

  async #textAt(revision: number): Promise<string> {
    return (await this.requests.request("GET", `/history/${revision}`)).text();
  }

  /** Where the text before has been thinned away, nothing is marked. */
  async #marksOf({ first, end, authors }: Sitting, text: string): Promise<readonly Mark[]> {
    try {
      const before = await this.#textAt(first);
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

function nearestIn(error: unknown): number | null {
  const { before, after } = error instanceof RightsError ? error.answer : {};
  return [before, after].find((it) => typeof it === "number") ?? null;
}

function codeOf(error: unknown): string {
  return error instanceof RightsError ? error.code : "internal";
}
