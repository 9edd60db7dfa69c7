/** A text as its lines, kept while it changes: what is alike is neither compared nor taken apart line by line. */

/** So much is compared at once. */
const COMPARED_UNITS = 4_096;
/** So many lines are taken out of a text in one step. */
const LINES_PER_STEP = 2_048;

/** What two texts have in common: as many lines at the beginning and at the end. */
export interface Alike {
  readonly start: number;
  readonly end: number;
}

export class Lines {
  #text = "";
  #list: readonly string[] = [""];

  get list(): readonly string[] {
    return this.#list;
  }

  /** Takes that text for the one before, in steps. */
  *become(newText: string): Generator<void, Alike> {
    const text = cleaned(newText);
    const { start, end, from, to } = this.#compared(text);
    const between = yield* linesIn(text, from, to);
    const list = this.#list;
    this.#list = list.slice(0, start).concat(between, list.slice(list.length - end));
    this.#text = text;
    return { start, end };
  }

  /** What this text and another have in common, and the other's lines between that. */
  alike(newText: string): Alike & { between: readonly string[] } {
    const text = cleaned(newText);
    const { start, end, from, to } = this.#compared(text);
    return { start, end, between: from > to ? [] : text.slice(from, to).split("\n") };
  }

  /** Where in another text that line of this one is, also when a little of it is other there; null: nowhere, or nobody can
   * say where. */
  lineIn(newText: string, line: number): number | null {
    const { start, end, between } = this.alike(newText);
    const count = this.#list.length;
    if (line < start) return line;
    if (line >= count - end) return line + start + between.length + end - count;
    const words = wordsOf(this.#list[line]!);
    const places = between.flatMap((it, i) => (wordsOf(it) === words ? [start + i] : []));
    if (places.length > 0) return places.length === 1 ? places[0]! : null;
    const isInPlace = start + between.length + end === count && hasMuchOf(wordsOf(between[line - start]!), words);
    return isInPlace ? line : null;
  }

  /** With the place of what is between them in the other text; `from` is behind `to` where no line is. */
  #compared(text: string): Alike & { from: number; to: number } {
    const list = this.#list;
    // Of what both have, that one is a line's end is known, but for the last unit: there may be 200,000 lines.
    const isLineEnd = (at: number) => at < common || at === text.length || text[at] === "\n";
    const isLineStart = (at: number) => at > least || at === 0 || text[at - 1] === "\n";

    const common = commonStart(this.#text, text);
    const least = text.length - commonEnd(this.#text, text);
    let [start, from] = [0, 0];
    for (; start < list.length; start++) {
      const lineEnd = from + list[start]!.length;
      if (lineEnd > common || !isLineEnd(lineEnd)) break;
      from = lineEnd + 1;
    }
    let [end, to] = [0, text.length];
    for (; start + end < list.length; end++) {
      const lineStart = to - list[list.length - 1 - end]!.length;
      if (lineStart < Math.max(least, from) || !isLineStart(lineStart)) break;
      to = lineStart - 1;
    }
    return { start, end, from, to };
  }
}

function cleaned(text: string): string {
  const isClean = !text.includes("\r") && !text.includes("\0");
  return isClean ? text : text.replace(/\r\n?/g, "\n").replaceAll("\0", "\uFFFD");
}

function* linesIn(text: string, from: number, to: number): Generator<void, string[]> {
  const lines: string[] = [];
  if (from > to) return lines;
  // A string of its own: an engine keeps all of the text that a part was cut from.
  const part = `\n${text.slice(from, to)}`;
  for (let at = 0; at >= 0; ) {
    const end = part.indexOf("\n", at + 1);
    lines.push(part.slice(at + 1, end < 0 ? part.length : end));
    at = end;
    if (lines.length % LINES_PER_STEP === 0) yield;
  }
  return lines;
}

/** The line, whether or not the task in it is done. */
function wordsOf(line: string): string {
  return line.replace(/\[[ xX]*\]/, "[]");
}

/** True when a line has more than half of another, at its beginning and at its end: of what is behind the box, since all tasks
 * begin alike. */
function hasMuchOf(line: string, other: string): boolean {
  const [now, before] = [line, other].map((it) => it.replace(/^.*?\[\]\s*/, "")) as [string, string];
  const start = commonStart(now, before);
  const end = commonEnd(now.slice(start), before.slice(start));
  return 2 * (start + end) > before.length;
}

/** The units that both begin with. */
function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let n = 0;
  for (let next; n < most; n = next) {
    next = Math.min(n + COMPARED_UNITS, most);
    if (a.slice(n, next) !== b.slice(n, next)) break;
  }
  while (n < most && a.charCodeAt(n) === b.charCodeAt(n)) n++;
  return n;
}

/** The units that both end with. */
function commonEnd(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  const fromEnd = (text: string, far: number, near: number) => text.slice(text.length - far, text.length - near);
  let n = 0;
  for (let next; n < most; n = next) {
    next = Math.min(n + COMPARED_UNITS, most);
    if (fromEnd(a, next, n) !== fromEnd(b, next, n)) break;
  }
  while (n < most && a.charCodeAt(a.length - 1 - n) === b.charCodeAt(b.length - 1 - n)) n++;
  return n;
}
