// text_editor.ts - the editor without a screen: a text and a caret. What the user
// does to it and what others do are kept as far apart as in the real one, and what
// no editor could show is told.
import type { Change } from '../../../frontend/src/kernel/index.ts';
import type { CursorData } from '../../../frontend/src/wire/index.ts';

export class TextEditor {
  #text = '';
  /** Where the user's caret stands, in UTF-16 units as all offsets here. */
  #caret = 0;

  constructor(
    /** Something that no editor could show. */
    private readonly violated: (what: string) => void,
  ) {}

  get text(): string {
    return this.#text;
  }

  /* ---- for the user ---- */

  /** The user's own changes, which the caller tells the session. The caret stands behind the last. */
  type(changes: readonly Change[]): void {
    this.#text = applied(this.#text, changes);
    const last = changes.at(-1);
    if (last) this.#caret = moved(last.to, changes);
  }

  /* ---- for the session: EditorPort ---- */

  applyRemote(changes: readonly Change[], carets: ReadonlyMap<number, CursorData | null>): void {
    this.#check(changes);
    this.#text = applied(this.#text, changes);
    this.#caret = moved(this.#caret, changes);
    for (const [id, data] of carets) if (data) this.#checkCaret(id, data);
  }

  carets(): CursorData {
    return { cursors: [this.#caret], selections: [] };
  }

  /* ---- within ---- */

  #checkCaret(id: number, { cursors, selections }: CursorData): void {
    const isNowhere = (at: number) => at < 0 || at > this.#text.length || splitsPair(this.#text, at);
    const nowhere = [...cursors, ...selections.flat()].find(isNowhere);
    if (nowhere !== undefined) this.violated(`has a caret of ${id} at ${nowhere} of ${this.#text.length} units`);
  }

  /** In order, without overlap, within the text, and between code points. */
  #check(changes: readonly Change[]): void {
    let at = 0;
    for (const { from, to } of changes) {
      const fits = at <= from && from <= to && to <= this.#text.length;
      const splits = splitsPair(this.#text, from) || splitsPair(this.#text, to);
      if (!fits || splits) this.violated(`was given a change of ${from} to ${to} in ${this.#text.length} units`);
      at = to;
    }
  }
}

function splitsPair(text: string, at: number): boolean {
  return at > 0 && at < text.length && text.codePointAt(at - 1)! > 0xffff;
}

export function applied(text: string, changes: readonly Change[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, insert } of changes) {
    result += text.slice(at, from) + insert;
    at = to;
  }
  return result + text.slice(at);
}

/** Where an offset stands after those changes; behind what is inserted at it. */
function moved(offset: number, changes: readonly Change[]): number {
  let by = 0;
  for (const { from, to, insert } of changes) {
    if (from > offset) break;
    if (to > offset) return from + by + insert.length;
    by += insert.length - (to - from);
  }
  return offset + by;
}
