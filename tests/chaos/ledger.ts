// ledger.ts - what was typed, by whom, and what must have become of it.
//
// Every code point that anybody types in a run is one that nobody typed before,
// so a text can be audited point by point: typed and not deleted is there
// once, deleted is gone, and nothing is there that nobody typed.
//
// "Perhaps" is for what even a client that did everything right cannot know:
// the edit in flight of a v1 client whose connection broke, of a tab that was
// closed for good, and what a restored backup took back.
import type { Random } from '../../frontend/src/testing/random.ts';

type Certainty = 'surely' | 'perhaps';

type Point = {
  pad: string;
  by: string;
  inserted: Certainty;
  /** Who deleted it, each for himself. */
  deleted: Map<string, Certainty>;
  /** What happened to it, for the one who has to find out. */
  story: string[];
};

/** Ranges without surrogates, combining marks or line ends; two of them astral. */
const RANGES: readonly [number, number][] = [
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0x20000, 0x2a6df],
  [0xf0000, 0xffffd],
];

const LINE_END_PERCENT = 4;

export class Ledger {
  private readonly points = new Map<string, Point>();
  private readonly began = performance.now();
  private readonly next = RANGES.map(([first]) => first);

  /** So many code points that are new to the run, and line ends between them, which are nobody's. */
  coin(count: number, random: Random): string {
    let text = '';
    for (let i = 0; i < count; i++) {
      const free = RANGES.map((_, range) => range).filter((range) => this.next[range]! <= RANGES[range]![1]);
      if (free.length === 0) throw new Error('the run has used up all code points');
      text += String.fromCodePoint(this.next[random.pick(free)]!++);
      if (random.chance(LINE_END_PERCENT)) text += '\n';
    }
    return text;
  }

  get typedCount(): number {
    return this.points.size;
  }

  inserted(pad: string, by: string, text: string): void {
    for (const point of text) if (point !== '\n') this.points.set(point, { pad, by, inserted: 'surely', deleted: new Map(), story: [this.at(`typed by ${by}`)] });
  }

  deleted(by: string, text: string, certainty: Certainty = 'surely'): void {
    for (const point of text) {
      const entry = this.points.get(point);
      entry?.deleted.set(by, certainty);
      entry?.story.push(this.at(`${certainty} deleted by ${by}`));
    }
  }

  /** Nobody can know whether these insertions and deletions of `by` arrived. */
  doubt(by: string, inserted: string, deleted: string): void {
    for (const point of inserted) {
      const entry = this.points.get(point);
      if (entry?.by !== by) continue;
      entry.inserted = 'perhaps';
      entry.story.push(this.at('perhaps not sent'));
    }
    for (const point of deleted) {
      const entry = this.points.get(point);
      if (!entry?.deleted.has(by)) continue;
      entry.deleted.set(by, 'perhaps');
      entry.story.push(this.at(`deletion of ${by} perhaps not sent`));
    }
  }

  /** An earlier text is brought back about now: what was typed and deleted until now may be there or not. */
  restored(pad: string): void {
    for (const entry of this.points.values()) {
      if (entry.pad !== pad) continue;
      entry.inserted = 'perhaps';
      for (const by of [...entry.deleted.keys(), 'the past']) entry.deleted.set(by, 'perhaps');
      entry.story.push(this.at('an earlier text was brought back'));
    }
  }

  /** Everything known now, to be compared with what is known later. */
  mark(): Mark {
    const mark: Mark = { typed: new Set(this.points.keys()), deleted: new Set() };
    for (const [point, { deleted }] of this.points) {
      for (const [by, certainty] of deleted) if (certainty === 'surely') mark.deleted.add(point + by);
    }
    return mark;
  }

  /** The database went back to what it was at the mark: sure is what was
   * acknowledged before it, and what its author still holds unsent. */
  wentBack(mark: Mark, unsent: ReadonlySet<string>): void {
    for (const [point, entry] of this.points) {
      if (!mark.typed.has(point) && !unsent.has(point)) entry.inserted = 'perhaps';
      for (const by of entry.deleted.keys()) if (!mark.deleted.has(point + by)) entry.deleted.set(by, 'perhaps');
    }
  }

  /** What `by` had typed into `before`, nobody has deleted, and `after` has not. */
  takenBack(by: string, before: string, after: string): string[] {
    const there = new Set(after);
    return [...new Set(before)].filter((point) => {
      const entry = this.points.get(point);
      return entry?.by === by && entry.deleted.size === 0 && !there.has(point);
    });
  }

  private at(what: string): string {
    return `${Math.round(performance.now() - this.began)} ${what}`;
  }

  /** What is wrong with the pad's text; empty when nothing is. */
  audit(pad: string, text: string): string[] {
    const seen = new Map<string, number>();
    for (const point of text) if (point !== '\n') seen.set(point, (seen.get(point) ?? 0) + 1);
    const wrong: string[] = [];
    for (const [point, times] of seen) {
      const entry = this.points.get(point);
      if (entry?.pad !== pad) wrong.push(`${named(point)} is in ${pad}, where nobody typed it`);
      else if (times > 1) wrong.push(`${named(point)} is there ${times} times: ${told(entry)}`);
      else if (certain(entry.deleted)) wrong.push(`${named(point)} is there: ${told(entry)}`);
    }
    for (const [point, entry] of this.points) {
      const mustBeThere = entry.pad === pad && entry.inserted === 'surely' && entry.deleted.size === 0;
      if (mustBeThere && !seen.has(point)) wrong.push(`${named(point)} is lost: ${told(entry)}`);
    }
    return wrong;
  }
}

export type Mark = { typed: Set<string>; deleted: Set<string> };

/** The mark as it would be without what was not acknowledged yet. */
export function without(mark: Mark, by: string, inserted: string, deleted: string): void {
  for (const point of inserted) mark.typed.delete(point);
  for (const point of deleted) mark.deleted.delete(point + by);
}

function certain(deleted: ReadonlyMap<string, Certainty>): boolean {
  return [...deleted.values()].includes('surely');
}

const told = ({ story }: Point): string => story.join(', ');
const named = (point: string): string => `U+${point.codePointAt(0)!.toString(16).toUpperCase()}`;
