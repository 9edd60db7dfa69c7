/** A text without what one person did to it, from the operations that led to it. */

import { type Components, Operation, Rope } from "../kernel";

/** An operation and its author, each made on the text that the one before it has left. */
export interface Deed {
  readonly author: number;
  readonly operation: Components;
}

/**
 * The text that `deeds` make of `before`, had that author done none of theirs: what the others did stays, as far as it
 * was not within what the author wrote. Throws where they do not follow each other.
 */
export function textWithout(before: string, deeds: readonly Deed[], author: number): string {
  const text = new Rope(before);
  const steps = deeds.map((deed) => stepOf(deed, text, author));
  const wanted = wayTo(steps, text);
  text.set(before);
  wanted.applyTo(text);
  const result = text.read();
  for (const { operation } of steps) operation.free();
  wanted.free();
  text.free();
  return result;
}

/** What stays of a deed: itself, or what undoes it. */
interface Step {
  operation: Operation;
  isUndo: boolean;
}

/** Applies the deed to the text. */
function stepOf({ author, operation }: Deed, text: Rope, takenBack: number): Step {
  const done = Operation.of(operation);
  const isUndo = author === takenBack;
  const step = { operation: isUndo ? done.invert(text) : done, isUndo };
  done.applyTo(text);
  if (isUndo) done.free();
  return step;
}

/** The operation from the text before all of it to the wanted one. From the newest deed to the oldest, `rest` leads from
 * the text behind a deed to the wanted one: one of somebody else's comes in front of it, and where one is undone, what
 * follows is moved over that. */
function wayTo(steps: readonly Step[], { points }: Rope): Operation {
  let rest = Operation.empty();
  if (points > 0) rest.retain(points);
  for (const { operation, isUndo } of steps.toReversed()) {
    const before = rest;
    if (isUndo) {
      const [undo, moved] = operation.transform(rest);
      undo.free();
      rest = moved;
    } else rest = operation.compose(rest);
    before.free();
  }
  return rest;
}
