/** The authors of operations, and the order of inserts that meet: docs/protocol.md,
 * "Order by author". */

import { InsertOrder } from "../kernel";

/** Who made an operation, and the order that it goes by. */
export interface Author {
  /** The user id. */
  id: number;
  order: "author" | "text";
}

/** The author of what has none: a difference between two texts. */
export const NOBODY: Author = { id: -1, order: "text" };

/** The author that a message speaks of; an order is named only where both sides have it. */
export function authorOf(id: number, goesByAuthor: boolean): Author {
  return { id, order: goesByAuthor ? "author" : "text" };
}

/** The order of an operation of mine and a concurrent one of theirs. The server works
 * out the same. */
export function orderOf(mine: Author, theirs: Author): InsertOrder {
  if (mine.order === "text" || theirs.order === "text" || mine.id === theirs.id) return InsertOrder.byText;
  return mine.id < theirs.id ? InsertOrder.thisFirst : InsertOrder.otherFirst;
}
