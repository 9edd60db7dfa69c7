/**
 * From markdown-it's tokens to elements. No HTML is ever parsed: what becomes
 * an element stands in TAGS, whatever else a token holds is text. So nothing
 * that somebody writes into a pad can run or style anything, and the page can
 * forbid HTML from strings altogether.
 */

import type { Token } from "markdown-it";
import { addressOf, isInlineImage, isRemoteImage } from "./addresses";

export interface Words {
  /** A link in place of an image that is not loaded. */
  image(alt: string, host: string): string;
}

export interface ElementOptions {
  words: Words;
  /** Called for each image that was not loaded. */
  onHeldImage(): void;
}

const TAGS = new Set([
  "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote",
  "table", "thead", "tbody", "tr", "th", "td", "em", "strong", "s", "hr", "br",
]);
const ALIGNMENT = /^text-align:(left|center|right)$/;
const TASK = /^\[([ xX])\] /;

export function elementsOf(tokens: readonly Token[], options: ElementOptions): DocumentFragment {
  const root = document.createDocumentFragment();
  const open: ParentNode[] = [root];
  for (const token of tokens) {
    const parent = open.at(-1)!;
    if (token.nesting < 0) open.pop();
    else if (token.nesting > 0) open.push(parent.appendChild(containerOf(token)));
    else parent.append(leafOf(token, options));
  }
  return root;
}

/** An element that what follows goes into. Every opening token gets one, so
 * that the closing one finds it; what is not allowed gets an empty coat. */
function containerOf(token: Token): HTMLElement {
  if (token.type === "link_open") return linkTo(String(token.attrGet("href") ?? ""));
  const element = document.createElement(TAGS.has(token.tag) ? token.tag : "span");
  const align = ALIGNMENT.exec(String(token.attrGet("style") ?? ""))?.[1];
  if (align) element.classList.add(`align-${align}`);
  const start = Number(token.attrGet("start") ?? Number.NaN);
  if (element instanceof HTMLOListElement && Number.isInteger(start)) element.start = start;
  if (token.hidden) element.classList.add("tight");
  return element;
}

function leafOf(token: Token, options: ElementOptions): Node {
  switch (token.type) {
    case "inline":
      return elementsOf(withTask(token.children ?? []), options);
    case "fence":
    case "code_block":
      return codeBlock(token.content);
    case "code_inline":
      return textIn("code", token.content);
    case "image":
      return image(token, options);
    case "softbreak":
      return document.createTextNode("\n");
    case "hr":
    case "hardbreak":
      return document.createElement(TAGS.has(token.tag) ? token.tag : "span");
    default:
      return document.createTextNode(token.content);
  }
}

/** "[x] done" as a ticked box, which a screen reader says too. */
function withTask(tokens: readonly Token[]): readonly Token[] {
  const [first] = tokens;
  if (first?.type === "text") first.content = first.content.replace(TASK, (_, mark) => (mark === " " ? "☐ " : "☑ "));
  return tokens;
}

function linkTo(text: string): HTMLElement {
  const address = addressOf(text);
  if (address === null) return document.createElement("span");
  const link = document.createElement("a");
  link.href = address;
  link.rel = "noopener noreferrer";
  link.target = "_blank";
  return link;
}

/** No other site is asked for an image, which would tell it who reads the pad:
 * a link stands for it. The text's own images are shown. */
function image(token: Token, { words, onHeldImage }: ElementOptions): Node {
  const source = String(token.attrGet("src") ?? "");
  const alt = token.content;
  if (isInlineImage(source)) {
    const element = document.createElement("img");
    element.alt = alt;
    element.src = source;
    return element;
  }
  if (!isRemoteImage(source)) return document.createTextNode(alt);
  onHeldImage();
  const link = linkTo(source);
  link.className = "held-image";
  link.textContent = words.image(alt, new URL(source).host);
  return link;
}

function codeBlock(content: string): HTMLElement {
  const block = document.createElement("pre");
  block.tabIndex = 0; // long lines scroll, by keyboard too
  block.append(textIn("code", content));
  return block;
}

function textIn(tag: "code", text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
