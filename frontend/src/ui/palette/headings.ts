/** The headings of a Markdown text, as far as its lines tell: quick enough to be asked for at any moment. */

export interface Heading {
  /** Counted from 0. */
  line: number;
  words: string;
}

/** More of them nobody goes through, and a text may consist of nothing else. */
const MOST = 2_000;
const LONGEST_UNITS = 200;

/** Those that are written with "#", but not in code. */
export function headingsIn(text: string): Heading[] {
  const headings: Heading[] = [];
  let fence = "";
  for (const [line, written] of text.split("\n").entries()) {
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(written.slice(0, LONGEST_UNITS));
    if (mark) {
      const [, signs = "", rest = ""] = mark;
      if (fence === "") fence = signs;
      else if (signs.startsWith(fence) && rest.trim() === "") fence = "";
      continue;
    }
    if (fence !== "") continue;
    const words = /^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(written.slice(0, LONGEST_UNITS))?.[1];
    if (words && headings.push({ line, words }) === MOST) break;
  }
  return headings;
}
