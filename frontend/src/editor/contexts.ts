/**
 * In which context the nodes of a tree were read, for parsers that go by it.
 *
 * The parsers of languages with indentation keep account of the blocks that they are in, and use a node again only
 * where the same are open. @lezer/lr 1.4 says so of each node, as that was when the node ended, and gets two things
 * wrong. The parts of a list of statements are told to have ended where the list did; when a parse is stopped within a function, or an error
 * ends one, that is within the function, so that later all that stands before it may be used again inside of any function.
 * And after some errors a parser believes to be deeper than it is, up to the end of the text.
 */

import { NodeProp, type Parser, Tree } from "@lezer/common";

/** A part of a tree, counted from where the tree begins. */
export interface Part {
  from: number;
  to: number;
}

/** What can be used again of a tree. */
export interface Checked {
  /** The tree, whose lists say in which context their parts stand. */
  readonly tree: Tree;
  /** What was read in another context than what stands beside it, in order. */
  readonly misplaced: readonly Part[];
}

interface Known extends Checked {
  /** Of a list: the context of its parts; null: there are none. */
  readonly context: number | null;
  /** Of a list: where the first of its parts begins that has another one, which goes for what follows, too; Infinity: none has. */
  readonly changeAt: number;
}

/** What @lezer/lr 1.4 has in each parser whose language has contexts; its types leave it out. */
interface ContextTracker {
  start: unknown;
  strict: boolean;
  hash(context: unknown): number;
}

/** Looks into the trees of that parser; null: it uses nodes again wherever they fit. */
export function contextsOf(parser: Parser): ((tree: Tree) => Checked) | null {
  const tracker = (parser as Parser & { context?: ContextTracker | null }).context;
  if (!tracker?.strict) return null;
  const outermost = tracker.hash(tracker.start);
  const known = new WeakMap<Tree, Known>();
  const look = (tree: Tree, depth: number): Known => {
    let found = known.get(tree);
    if (!found) {
      found = depth > DEEPEST ? unused(tree) : lookInto(tree, depth === 0 ? outermost : null, (inner) => look(inner, depth + 1));
      known.set(tree, found);
      known.set(found.tree, found);
    }
    return found;
  };
  return (tree) => look(tree, 0);
}

/** What stands in so many others is not looked into: a tree may be as deep as a text has brackets, and a stack is not. */
const DEEPEST = 500;

/** Nothing of that tree is used again. */
function unused(tree: Tree): Known {
  return { tree, misplaced: [{ from: 0, to: tree.length }], context: null, changeAt: Infinity };
}

/** No context has that number. */
const UNKNOWN = 0.5;

/** Trees share their parts with those that they were made from, so only what is new is looked into. */
function lookInto(tree: Tree, outermost: number | null, look: (tree: Tree) => Known): Known {
  const isList = tree.type.isAnonymous;
  const misplaced: Part[] = [];
  const children = tree.children.slice();
  let context = outermost;
  let changeAt = Infinity;
  /** Small nodes are kept in buffers, which tell no context: they are taken to be as what follows. */
  let goodTo = 0;
  for (const [i, child] of tree.children.entries()) {
    if (!(child instanceof Tree)) continue;
    const at = tree.positions[i]!;
    const found = look(child);
    children[i] = found.tree;
    for (const { from, to } of found.misplaced) misplaced.push({ from: at + from, to: at + to });
    if (isList || outermost !== null) {
      const own = child.type.isAnonymous ? found.context : contextOf(child);
      context ??= own;
      if (own !== null && own !== context) changeAt = goodTo;
      else if (own !== null) goodTo = at + child.length;
    }
    changeAt = Math.min(changeAt, at + found.changeAt);
    if (changeAt < Infinity) break;
  }
  if (!isList && changeAt < Infinity) misplaced.push({ from: changeAt, to: tree.length });
  const told = isList && context === null ? children : children.map((child) => withContext(child, context ?? UNKNOWN, look));
  const mended = isList && context !== null ? copy(tree, told, context) : copy(tree, told);
  return { tree: mended, misplaced, context: isList ? context : null, changeAt: isList ? changeAt : Infinity };
}

const contextOf = (tree: Tree) => tree.prop(NodeProp.contextHash) ?? 0;

/** A list whose parts tell no context, as one that stands in that one; any other node as it is. */
function withContext(node: Tree["children"][number], context: number, look: (tree: Tree) => Known): Tree["children"][number] {
  if (!(node instanceof Tree) || !node.type.isAnonymous || look(node).context !== null) return node;
  return copy(node, node.children.map((child) => withContext(child, context, look)), context);
}

/** The tree with those children, in that context. */
function copy(tree: Tree, children: Tree["children"], context = contextOf(tree)): Tree {
  if (context === contextOf(tree) && children.every((child, i) => child === tree.children[i])) return tree;
  return new Tree(tree.type, children, tree.positions, tree.length, [...tree.propValues, [NodeProp.contextHash, context]]);
}
