/**
 * What can be used again of a Markdown text, so that using it costs little.
 *
 * The parser (takeNodes() of @lezer/markdown 1.8) takes over the blocks of a fragment one by one, and a group of
 * them at once only where that is no larger than a quarter of what it had before the fragment. For the first fragment that is
 * nothing: of a text with ten thousand blocks it takes ten thousand, at each key. So it is given several in its place, each
 * about as long as all before it.
 */

import { TreeFragment } from "@lezer/common";

/** The blocks of so many units are taken one by one. */
const FIRST_UNITS = 1024;

/** The same blocks, in fragments that end where blocks do. */
export function doubling({ from, to, tree, offset, openStart, openEnd }: TreeFragment): readonly TreeFragment[] {
  const parts: TreeFragment[] = [];
  for (let at = from; ; ) {
    const block = tree.topNode.childAfter(Math.max(FIRST_UNITS, 2 * at) + offset);
    const end = block ? Math.min(block.to - offset, to) : to;
    parts.push(new TreeFragment(at, end, tree, offset, at === from && openStart, end === to && openEnd));
    if (end === to) return parts;
    at = end;
  }
}
