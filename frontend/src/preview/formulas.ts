/**
 * Formulas as MathML, by KaTeX. A chunk of its own: loaded when a text has one. KaTeX's tree is walked here and made
 * into elements as in elements.ts: what is not in the lists is left out, so that no formula brings a style, a link or
 * an image.
 */

import * as katex from "katex";

/** Not a part of what KaTeX promises: the package's version is fixed, and the tests name what is expected. */
type TreeOf = (source: string, options: katex.KatexOptions) => Node;
const { __renderToDomTree: treeOf } = katex as unknown as Record<"__renderToDomTree", TreeOf>;

const MATHML = "http://www.w3.org/1998/Math/MathML";
const TAGS = new Set([
  "math", "mrow", "mi", "mo", "mn", "mtext", "mspace", "msup", "msub", "msubsup", "mfrac", "msqrt", "mroot", "munder", "mover", "munderover",
  "mtable", "mtr", "mtd", "mlabeledtr", "mpadded", "mphantom", "mstyle", "menclose",
]);
const ATTRIBUTES = new Set([
  "display", "mathvariant", "stretchy", "fence", "separator", "lspace", "rspace", "minsize", "maxsize", "width", "height", "depth", "voffset",
  "linethickness", "columnalign", "columnspacing", "rowspacing", "displaystyle", "scriptlevel", "accent", "accentunder", "movablelimits",
  "mathcolor", "mathbackground", "notation", "columnlines", "rowlines", "symmetric", "largeop", "form",
]);
const DEEPEST = 100;
const MOST_ELEMENTS = 5_000;

/** What KaTeX makes of a formula, as far as it is used here. */
interface Node {
  type?: string;
  attributes?: Record<string, unknown>;
  children?: Node[];
  text?: string;
  /** Of a space: its letter, or its width where there is none of that width. */
  character?: string | null;
  width?: number;
}

/** The formula as an element; null: it is none, or too large. */
export function formulaOf(source: string, isBlock: boolean): Element | null {
  try {
    const tree: Node = treeOf(source, {
      output: "mathml",
      displayMode: isBlock,
      strict: "ignore",
      trust: false,
      maxExpand: 500,
      maxSize: 20,
    });
    const root = document.createDocumentFragment();
    append(root, tree, 0, { left: MOST_ELEMENTS });
    return root.firstElementChild;
  } catch {
    return null;
  }
}

function append(parent: ParentNode, node: Node, depth: number, budget: { left: number }): void {
  if (depth > DEEPEST || budget.left-- <= 0) throw new Error("too large");
  if (node.type === "annotation") return; // the source, for other programs
  if (node.text !== undefined) return parent.append(node.text);
  if (node.character !== undefined) return parent.append(spaceOf(node));
  const inside = node.type && TAGS.has(node.type) ? elementOf(node) : parent;
  for (const child of node.children ?? []) append(inside, child, depth + 1, budget);
  if (inside !== parent) parent.append(inside as Element);
}

function elementOf({ type, attributes }: Node): Element {
  const element = document.createElementNS(MATHML, type!);
  for (const [name, value] of Object.entries(attributes ?? {})) if (ATTRIBUTES.has(name)) element.setAttribute(name, String(value));
  return element;
}

function spaceOf({ character, width = 0 }: Node): Element {
  const space = document.createElementNS(MATHML, character ? "mtext" : "mspace");
  if (character) space.textContent = character;
  else space.setAttribute("width", `${width}em`);
  return space;
}
