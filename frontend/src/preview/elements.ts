/**
 * From markdown-it's tokens to elements. No HTML is ever parsed: what becomes
 * an element stands in TAGS, whatever else a token holds is text. So nothing
 * that somebody writes into a pad can run or style anything, and the page can
 * forbid HTML from strings altogether.
 */

import type { Token } from "markdown-it";
import { addressOf, imageHere, isInlineImage, isRemoteImage, isSecureImage } from "./addresses";
import { type Callout, metaOf } from "./dialect";
import type { Entry } from "./headings";

/** The words that the preview adds to a text. */
export interface Words {
  /** A link in place of an image that is not loaded. */
  image(alt: string, host: string): string;
  /** The headings of callouts. */
  callouts: Record<Callout, string>;
  /** The name of the table of contents. */
  contents: string;
  /** The names of a link to a footnote and of the one back. */
  footnote(number: number): string;
  backToText: string;
}

/** Gives `put` the code in the colours of that language, now or later, or never. */
export type Colour = (code: string, language: string, put: (coloured: DocumentFragment) => void) => void;

/** Gives `put` the formula as an element, now or later; or never, where it is none. */
export type Formula = (source: string, isBlock: boolean, put: (formula: Element) => void) => void;

/** Everything that an element is made with besides its token. */
export interface ElementOptions {
  words: Words;
  colour: Colour;
  formula: Formula;
  /** The reader allows other sites to be asked for images. */
  hasRemoteImages: boolean;
  /** Called for each image that was not loaded. */
  onHeldImage(): void;
  /** Called for each element that stands for lines of the text, in order, with the first of them, as its token has
   * it, and with the line behind the last one; null: elements in it say more exactly where its lines are. */
  onLines(element: Element, first: number, end: number | null): void;
}

const TAGS = new Set([
  "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote",
  "table", "thead", "tbody", "tr", "th", "td", "em", "strong", "s", "hr", "br",
  "mark", "sub", "sup", "dl", "dt", "dd",
]);
/** Those that hold others, which have lines of their own. */
const HOLDERS = new Set(["ul", "ol", "li", "blockquote", "table", "thead", "tbody", "dl", "dd"]);
/** Those that run from right to left where their letters do. */
const RUNNING = new Set(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "table", "th", "td", "dt", "dd"]);
/** The first letter decides, or a mark in its place. Right to left run Hebrew, Arabic and the scripts around them in
 * Unicode. */
const LETTER = /[\p{L}\u200e\u200f]/u;
const RIGHT_TO_LEFT = /[\u200f\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Elements within elements beyond that go into the last of those: browsers descend into them recursively. */
const DEEPEST = 100;
/** A block has that many elements at most; what follows is left out. */
const MOST_TOKENS = 10_000;
const ALIGNMENT = /^text-align:(left|center|right)$/;
/** A task is called by that much of its text. */
const LONGEST_NAME_UNITS = 200;
const TASK = /^\[([ xX])\](?: |$)/;

/** The elements of those tokens, in order. */
export function elementsOf(tokens: readonly Token[], options: ElementOptions): DocumentFragment {
  const root = document.createDocumentFragment();
  append(root, tokens, options, { left: MOST_TOKENS });
  return root;
}

function append(root: ParentNode, tokens: readonly Token[], options: ElementOptions, budget: { left: number }): void {
  const open: ParentNode[] = [root];
  for (const token of tokens) {
    const parent = open.at(-1)!;
    if (budget.left-- <= 0) {
      if (budget.left === -1) parent.append("…");
      return;
    }
    if (token.nesting < 0) open.pop();
    else if (token.nesting > 0) open.push(open.length > DEEPEST ? parent : placed(containerOf(token, options), token, parent, options));
    else if (token.type === "inline") {
      tickTask(token, parent);
      append(parent, token.children ?? [], options, budget);
    } else {
      if (token.type === "text") direct(parent, token.content);
      placed(leafOf(token, options), token, parent, options);
    }
  }
}

function placed<N extends Node>(node: N, { map }: Token, parent: ParentNode, options: ElementOptions): N {
  parent.append(node);
  if (map && node instanceof Element) options.onLines(node, map[0], HOLDERS.has(node.localName) ? null : map[1]);
  return node;
}

/** Has the blocks around a text, of which none had a letter before, run as its first letter does. Those
 * around a block that has a direction have one. */
function direct(parent: ParentNode, text: string): void {
  let block = blockOf(parent);
  if (!block || block.dir) return;
  const letter = LETTER.exec(text)?.[0];
  if (!letter) return;
  const dir = RIGHT_TO_LEFT.test(letter) ? "rtl" : "ltr";
  for (; block && !block.dir; block = blockOf(block.parentElement)) block.dir = dir;
}

/** The element itself or the nearest around it that has a direction of its own. */
function blockOf(node: ParentNode | null): HTMLElement | null {
  let it: Node | null = node;
  while (it instanceof HTMLElement && !RUNNING.has(it.localName)) it = it.parentNode;
  return it instanceof HTMLElement ? it : null;
}

/** An element that what follows goes into. Every opening token gets one, so
 * that the closing one finds it; what is not allowed gets an empty coat. */
function containerOf(token: Token, { words }: ElementOptions): HTMLElement {
  if (token.type === "link_open") return linkTo(String(token.attrGet("href") ?? ""));
  if (token.type === "footnote_open") return footnote(metaOf(token).number!, words);
  const element = document.createElement(TAGS.has(token.tag) ? token.tag : "span");
  const align = ALIGNMENT.exec(String(token.attrGet("style") ?? ""))?.[1];
  if (align) element.classList.add(`align-${align}`);
  const start = Number(token.attrGet("start") ?? Number.NaN);
  if (element instanceof HTMLOListElement && Number.isInteger(start)) element.start = start;
  if (token.hidden) element.classList.add("tight");
  const { callout, anchor } = metaOf(token);
  if (callout) makeCallout(element, callout, words);
  if (anchor) element.dataset["anchor"] = anchor;
  return element;
}

function leafOf(token: Token, options: ElementOptions): Node {
  switch (token.type) {
    case "fence":
    case "code_block":
      return codeBlock(token, options.colour);
    case "code_inline":
      return inlineCode(token.content);
    case "image":
      return image(token, options);
    case "formula":
    case "formula_block":
      return formulaIn(token, options.formula);
    case "toc":
      return contents(metaOf(token).headings!, options.words);
    case "footnote_reference":
      return footnoteReference(metaOf(token).number!, options.words);
    case "softbreak":
      return document.createTextNode("\n");
    case "hr":
    case "hardbreak":
      return document.createElement(TAGS.has(token.tag) ? token.tag : "span");
    default:
      return document.createTextNode(token.content);
  }
}

/** "[x] done" in a list as a ticked box. The preview edits the text when it is pressed. */
function tickTask({ children, map, content }: Token, parent: ParentNode): void {
  const item = parent instanceof Element ? parent.closest("li") : null;
  const [first] = children ?? [];
  const mark = first?.type === "text" ? TASK.exec(first.content) : null;
  if (!item || !first || !mark || !map) return;
  item.classList.add("task");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.defaultChecked = mark[1] !== " ";
  box.dataset["line"] = `${map[0]}`;
  box.setAttribute("aria-label", content.slice(mark[0].length, LONGEST_NAME_UNITS).toWellFormed());
  parent.append(box, " ");
  first.content = first.content.slice(mark[0].length);
}

function makeCallout(quote: HTMLElement, kind: Callout, words: Words): void {
  quote.classList.add("callout", `callout-${kind}`);
  const title = textIn("strong", words.callouts[kind]);
  title.className = "callout-title";
  quote.append(title);
}

/** A footnote, and before its text the way back. */
function footnote(number: number, words: Words): HTMLElement {
  const element = document.createElement("div");
  element.className = "footnote";
  element.dataset["anchor"] = `fn-${number}`;
  element.append(linkWithin(`fnref-${number}`, `${number}`, `${number}: ${words.backToText}`), " ");
  return element;
}

function footnoteReference(number: number, words: Words): HTMLElement {
  const element = document.createElement("sup");
  element.dataset["anchor"] = `fnref-${number}`;
  element.append(linkWithin(`fn-${number}`, `${number}`, words.footnote(number)));
  return element;
}

function contents(headings: readonly Entry[], words: Words): HTMLElement {
  const list = document.createElement("ul");
  list.className = "contents";
  list.setAttribute("aria-label", words.contents);
  for (const { level, words: text, anchor } of headings) {
    const item = document.createElement("li");
    item.className = `level-${level}`;
    item.append(linkWithin(anchor, text));
    list.append(item);
  }
  return list;
}

/** A link to a place in the text. It has no address, since what stands behind # in that of the page is the pad. */
function linkWithin(anchor: string, text: string, name?: string): HTMLElement {
  const link = document.createElement("a");
  link.setAttribute("role", "link");
  link.tabIndex = 0;
  link.dataset["to"] = anchor;
  link.textContent = text;
  if (name !== undefined) link.setAttribute("aria-label", name);
  return link;
}

function linkTo(text: string): HTMLElement {
  if (text.startsWith("#")) return linkWithin(decoded(text.slice(1)), "");
  const address = addressOf(text);
  if (address === null) return document.createElement("span");
  const link = document.createElement("a");
  link.href = address;
  link.rel = "noopener noreferrer";
  link.target = "_blank";
  return link;
}

/** The text's own images are shown. No other site is asked for one, which would
 * tell it who reads the pad, unless the reader allows it: a link stands there. */
function image(token: Token, options: ElementOptions): Node {
  const source = String(token.attrGet("src") ?? "");
  const alt = token.content;
  if (isInlineImage(source)) return imageOf(source, alt);
  const here = imageHere(source);
  if (here !== null) return imageOf(here, alt);
  if (!isRemoteImage(source)) return document.createTextNode(alt);
  const link = heldImage(source, options.words.image(alt, new URL(source).host));
  if (options.hasRemoteImages && isSecureImage(source)) {
    const shown = imageOf(source, alt);
    shown.addEventListener("error", () => shown.replaceWith(link));
    return shown;
  }
  options.onHeldImage();
  return link;
}

function imageOf(source: string, alt: string): HTMLImageElement {
  const element = document.createElement("img");
  element.alt = alt;
  element.loading = "lazy";
  element.referrerPolicy = "no-referrer";
  element.src = source;
  return element;
}

function heldImage(source: string, words: string): HTMLElement {
  const link = linkTo(source);
  link.className = "held-image";
  link.textContent = words;
  return link;
}

function codeBlock({ content, info }: Token, colour: Colour): HTMLElement {
  const block = document.createElement("pre");
  const code = textIn("code", content);
  block.dir = "ltr";
  block.tabIndex = 0; // long lines scroll, by keyboard too
  block.append(code);
  if (info) colour(content, info, (coloured) => code.replaceChildren(coloured));
  return block;
}

/** Code runs from left to right, whatever runs around it. */
function inlineCode(text: string): HTMLElement {
  const code = textIn("code", text);
  code.dir = "ltr";
  return code;
}

/** A longer one stands there as it was written. */
const LONGEST_FORMULA_UNITS = 2_000;

/** The formula's source, until the formula is there. */
function formulaIn({ type, content }: Token, formula: Formula): HTMLElement {
  const isBlock = type === "formula_block";
  const element = inlineCode(content);
  element.classList.add(isBlock ? "formula-block" : "formula");
  if (content.length > LONGEST_FORMULA_UNITS) return element;
  formula(content, isBlock, (made) => {
    element.replaceChildren(made);
    element.classList.add("made");
  });
  return element;
}

/** markdown-it has encoded what is not Latin in it. */
function decoded(anchor: string): string {
  try {
    return decodeURIComponent(anchor);
  } catch {
    return anchor;
  }
}

function textIn(tag: "code" | "strong", text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
