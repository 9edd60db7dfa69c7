/** Threads as the server tells them, checked. */

import type { Place } from "./place";

/** Whoever wrote a comment, or resolved a thread. */
export interface Author {
  readonly name: string;
  readonly hue: number;
  /** The same for all comments of one author in a pad; null: nobody can tell. */
  readonly key: string | null;
}

/** Times are in seconds since 1970. */
export interface Comment {
  readonly id: string;
  readonly author: Author;
  readonly text: string;
  readonly made_at: number;
  readonly edited_at: number | null;
}

/** Comments that belong together, about one piece of the text. */
export interface Thread {
  readonly id: string;
  /** What the text said that it is about, or the beginning of that. */
  readonly quote: string;
  readonly made_at: number;
  readonly resolved: { readonly at: number; readonly by: Author } | null;
  readonly comments: readonly Comment[];
}

/** A thread with its place in the server's text. */
export interface PlacedThread {
  readonly thread: Thread;
  readonly place: Place;
}

/** The server has said something that is no thread. */
export class BadThread extends Error {
  override name = "BadThread";
}

type Fields = Record<string, unknown>;

/** The list of a message, or of an answer. */
export function threadsIn(body: unknown): PlacedThread[] {
  return list(fields(body)["threads"]).map(threadOf);
}

/** The thread of a message, or of an answer. */
export function threadIn(body: unknown): PlacedThread {
  return threadOf(fields(body)["thread"]);
}

/** The id of a thread that is gone. */
export function goneIn(body: unknown): string {
  return text(fields(body)["thread"]);
}

function threadOf(json: unknown): PlacedThread {
  const { id, from, to, quote, made_at, resolved, comments } = fields(json);
  const place = { from: count(from), to: count(to) };
  if (place.to < place.from) throw new BadThread("a place ends before it begins");
  const all = list(comments).map(commentOf);
  if (all.length === 0) throw new BadThread("a thread has no comments");
  const thread = { id: text(id), quote: text(quote), made_at: count(made_at), resolved: resolvedOf(resolved), comments: all };
  return { thread, place };
}

function commentOf(json: unknown): Comment {
  const { id, author, text: said, made_at, edited_at } = fields(json);
  return { id: text(id), author: authorOf(author), text: text(said), made_at: count(made_at), edited_at: edited_at === null ? null : count(edited_at) };
}

function resolvedOf(json: unknown): Thread["resolved"] {
  if (json === null || json === undefined) return null;
  const { at, by } = fields(json);
  return { at: count(at), by: authorOf(by) };
}

function authorOf(json: unknown): Author {
  const { name, hue, key } = fields(json);
  const known = count(hue);
  if (known > 359) throw new BadThread("a hue must be 0 to 359");
  return { name: text(name), hue: known, key: typeof key === "string" ? key : null };
}

function fields(json: unknown): Fields {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Fields;
  throw new BadThread("an object is missing");
}

function list(json: unknown): unknown[] {
  if (Array.isArray(json)) return json;
  throw new BadThread("a list is missing");
}

function text(json: unknown): string {
  if (typeof json === "string") return json;
  throw new BadThread("a text is missing");
}

function count(json: unknown): number {
  if (typeof json === "number" && Number.isSafeInteger(json) && json >= 0) return json;
  throw new BadThread("a number is missing");
}
