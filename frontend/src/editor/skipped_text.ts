/**
 * Lists in which a parser skipped something are not used again as a whole.
 *
 * The statements of a program are a list, and so are those in a function: a parser uses a list again wherever statements may stand. Where
 * it could do nothing with what it came upon, a bracket too many for example, it skipped that within the list, and what was too many at
 * the top is what closes a function once that is opened: used again in there, the list hides the bracket, and the function goes on to the
 * end of the text, whatever is typed after that. So such a list is taken apart: its members become those of what it stands in, and are
 * used again one by one.
 */

import { Tree, TreeBuffer } from "@lezer/common";

/** What stands in so many others is not looked into: a tree may be as deep as a text has brackets, and a stack is not. */
const DEEPEST = 500;

/** Where all of a text was skipped, lists stay as they are: nobody reads its colours, and there would be too many members. */
const MOST_MEMBERS = 1_000;

/** The trees that were looked into, and what they became. Trees share their parts, so that only what is new is looked into. */
const known = new WeakMap<Tree, Tree>();

/** The same nodes, without lists that hold something that was skipped. */
export function withoutSkipping(tree: Tree): Tree {
  return lookInto(tree, 0);
}

function lookInto(tree: Tree, depth: number): Tree {
  if (depth > DEEPEST) return tree;
  const before = known.get(tree);
  if (before) return before;
  const children: (Tree | TreeBuffer)[] = [];
  const positions: number[] = [];
  let isSame = true;
  const add = (child: Tree | TreeBuffer, at: number) => {
    children.push(child);
    positions.push(at);
  };
  for (const [i, child] of tree.children.entries()) {
    const at = tree.positions[i]!;
    const found = child instanceof Tree ? lookInto(child, depth + 1) : child;
    isSame &&= found === child;
    if (found instanceof Tree && found.type.isAnonymous && found.children.some(isSkipped)) {
      found.children.forEach((inner, j) => add(inner, at + found.positions[j]!));
      isSame = false;
    } else add(found, at);
  }
  const mended = isSame || children.length > MOST_MEMBERS ? tree : new Tree(tree.type, children, positions, tree.length, tree.propValues);
  known.set(tree, mended);
  known.set(mended, mended);
  return mended;
}

/** True for what was skipped, and for small nodes of which one was. */
function isSkipped(child: Tree | TreeBuffer): boolean {
  if (child instanceof Tree) return child.type.isError;
  const { buffer, set } = child;
  for (let i = 0; i < buffer.length; i = buffer[i + 3]!) if (set.types[buffer[i]!]!.isError) return true;
  return false;
}
