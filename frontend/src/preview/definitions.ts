/**
 * What the blocks of a text tell each other: where links lead, which numbers footnotes have, and what headings
 * are linked by. A block is made again when what it was told has changed, and no other block is.
 */

import type { Block, References } from "./block";
import { type Entry, tableOf } from "./headings";

type Reference = References[string];

/** What a definition says; undefined: there is none. */
type Answer = Reference | number | undefined;

/** What a block was told when its elements were made. */
export interface Told {
  readonly anchor: string | undefined;
  /** Which table of contents; 0: none. */
  readonly table: number;
  /** The definitions that it asked for, with what they said; null: too many to keep. */
  readonly answers: ReadonlyMap<string, Answer> | null;
  /** The version of the definitions that are known to say so. */
  version: number;
}

/** Labels within labels can be far longer together than the text. Beyond so many units, any definition counts. */
const MOST_LABEL_UNITS = 50_000;
/** So many blocks are looked at in one step. */
const BLOCKS_PER_STEP = 1_024;
/** Among no more blocks than that is it worthwhile to look whether they say the same as before. */
const FEW = 64;

export class Definitions {
  #answers: ReadonlyMap<string, Answer> = new Map();
  /** Counts the times that an answer has changed. */
  #version = 1;
  #anchors: ReadonlyMap<Block, string> = new Map();
  #table: readonly Entry[] = [];
  #tableText = "";
  #tableVersion = 1;

  /** Reads what the blocks say, in steps, when `removed` have made way for `added` among them. */
  *read(all: readonly Block[], removed: readonly Block[], added: readonly Block[]): Generator<void> {
    const hasHeading = (blocks: readonly Block[]) => blocks.some(({ heading }) => heading !== null);
    if (hasHeading(removed) || hasHeading(added)) yield* this.#readHeadings(all);
    if (!sayTheSame(removed, added)) yield* this.#readAnswers(all);
  }

  get table(): readonly Entry[] {
    return this.#table;
  }

  anchorOf(block: Block): string | undefined {
    return this.#anchors.get(block);
  }

  /** Where links lead and which numbers footnotes have, for markdown-it, and what was asked of it. */
  asked() {
    const answers = new Map<string, Answer>();
    const ask = (key: string) => {
      const answer = this.#answers.get(key);
      answers.set(key, answer);
      return answer;
    };
    const references = new Proxy<References>({}, { get: (_, label) => ask(linkKey(String(label))) });
    const footnotes = { get: (label: string) => ask(footnoteKey(label)) as number | undefined };
    return { references, footnotes, answers };
  }

  /** What that block has been told, of which it has asked for those answers. */
  told(block: Block, answers: ReadonlyMap<string, Answer>): Told {
    let units = 0;
    for (const key of answers.keys()) units += key.length;
    const kept = units > MOST_LABEL_UNITS ? null : answers;
    return { anchor: this.anchorOf(block), table: this.#tableFor(block), answers: kept, version: this.#version };
  }

  /** True when that block would be told the same now. */
  isAsTold(block: Block, told: Told): boolean {
    if (told.anchor !== this.anchorOf(block) || told.table !== this.#tableFor(block)) return false;
    if (told.version === this.#version) return true;
    if (!told.answers) return false;
    for (const [key, answer] of told.answers) if (!isSame(answer, this.#answers.get(key))) return false;
    told.version = this.#version;
    return true;
  }

  #tableFor({ tokens }: Block): number {
    return tokens[0]?.type === "toc" ? this.#tableVersion : 0;
  }

  *#readHeadings(all: readonly Block[]): Generator<void> {
    const { anchors, table } = yield* tableOf(all);
    const text = JSON.stringify(table);
    if (text !== this.#tableText) this.#tableVersion += 1;
    this.#tableText = text;
    this.#anchors = anchors;
    this.#table = table;
  }

  *#readAnswers(all: readonly Block[]): Generator<void> {
    const answers = new Map<string, Answer>();
    let [footnotes, isChanged] = [0, false];
    for (const [i, block] of all.entries()) {
      if (i % BLOCKS_PER_STEP === 0) yield;
      for (const [key, reference] of saidBy(block)) {
        if (answers.has(key)) continue; // the first one counts
        const answer = reference ?? ++footnotes;
        answers.set(key, answer);
        isChanged ||= !isSame(answer, this.#answers.get(key));
      }
    }
    if (isChanged || answers.size !== this.#answers.size) this.#version += 1;
    this.#answers = answers;
  }
}

const linkKey = (label: string) => `[${label}`;
const footnoteKey = (label: string) => `^${label}`;

/** The definitions in a block: of a link with where it leads, of a footnote with null. */
function saidBy({ references, footnotes }: Block): [key: string, reference: Reference | null][] {
  const links = Object.entries(references ?? {}).map(([label, it]): [string, Reference] => [linkKey(label), it]);
  const notes = (footnotes ?? []).map((label): [string, null] => [footnoteKey(label), null]);
  return [...links, ...notes];
}

/** False where it is not known. */
function sayTheSame(a: readonly Block[], b: readonly Block[]): boolean {
  if (a.length > FEW || b.length > FEW) return false;
  return JSON.stringify(a.flatMap(saidBy)) === JSON.stringify(b.flatMap(saidBy));
}

function isSame(a: Answer, b: Answer): boolean {
  if (typeof a !== "object" || typeof b !== "object") return a === b;
  return a.href === b.href && a.title === b.title;
}
