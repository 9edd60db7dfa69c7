/**
 * How much a text gives a browser to do that lays it out, as a number that depends on the text
 * alone: a letter of a word in English weighs 1, which is about half a microsecond.
 */

/** A line of a paragraph, an item of a list. */
const LINE = 20;
/** What may become an element of its own. */
const MARK = 20;
/** Letters that are shaped or broken into lines one by one, such as Chinese ones. */
const LETTER = 4;
/** The first letter of a stretch that runs from right to left, within one that does not. */
const TURN = 40;
const RIGHT_TO_LEFT_LETTER = 2;
/** A block by itself, whatever stands in it. */
export const BLOCK_WEIGHT = 150;

const RIGHT_TO_LEFT = [
  [0x590, 0x8ff],
  [0x200f, 0x200f],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
  [0xfb1d, 0xfdff],
  [0xfe70, 0xfefc],
] as const;
const MARKS = new Set(Array.from("*_`[|~<>\\&", (mark) => mark.charCodeAt(0)));
/** Digits, spaces and signs before it turn nothing round. */
const LAST_DIGIT = "9".charCodeAt(0);
const NEW_LINE = "\n".charCodeAt(0);

/** The weight of that text. */
export function weightOf(text: string): number {
  return weigh(text, Infinity).weight;
}

/** The units at the beginning of the text which weigh no more than that. */
export function unitsWithin(text: string, most: number): number {
  return weigh(text, most).units;
}

/** Weighs unit after unit for as long as they weigh no more than `most` together. */
function weigh(text: string, most: number): { units: number; weight: number } {
  let weight = 0;
  let isTurned = false;
  for (let units = 0; units < text.length; units++) {
    const unit = text.charCodeAt(units);
    const isRightToLeft = unit >= 0x590 && runsRightToLeft(unit);
    const next = isRightToLeft ? (isTurned ? RIGHT_TO_LEFT_LETTER : TURN) : unit >= 0x300 ? LETTER : latin(unit);
    if (weight + next > most) return { units, weight };
    weight += next;
    if (isRightToLeft) isTurned = true;
    else if (unit > LAST_DIGIT) isTurned = false;
  }
  return { units: text.length, weight };
}

function latin(unit: number): number {
  if (unit === NEW_LINE) return LINE;
  return MARKS.has(unit) ? MARK : 1;
}

/** True for letters, and for what makes others run so. */
function runsRightToLeft(unit: number): boolean {
  return RIGHT_TO_LEFT.some(([from, to]) => unit >= from && unit <= to);
}
