/**
 * A Markdown text, shown in an element and kept up to date.
 *
 * Typing changes one block of many. A block whose source is as
 * before keeps its elements, so that nothing flickers, a selection stays, and
 * a long text costs little to follow.
 */

import MarkdownIt, { type Token } from "markdown-it";
import { type Colour, elementsOf, type Words } from "./elements";

/** A block of the text, such as a paragraph or a list. */
interface Block {
  /** Its first line, counted from 0. */
  line: number;
  element: HTMLElement;
  heldImages: number;
}

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });

export class Preview {
  #blocks: Block[] = [];
  /** The blocks by their source and all that their elements depend on besides. */
  #bySource = new Map<string, Block[]>();

  constructor(
    private readonly parent: HTMLElement,
    private readonly words: Words,
    private readonly colour: Colour,
  ) {}

  /** Shows `text`, with or without images of other sites, and returns the number of
   * those that were not asked for. */
  show(text: string, hasRemoteImages = false): number {
    const env: { references?: Record<string, { title: string; href: string }> } = {};
    const tokens = markdown.parse(text, env);
    const lines = text.split("\n");
    // A link's address may stand elsewhere, so that a block can change with it.
    const context = JSON.stringify([hasRemoteImages, env.references]);
    const before = this.#bySource;
    this.#bySource = new Map();
    this.#blocks = topLevel(tokens).map((block) => {
      const [from, to] = block[0]!.map ?? [0, 0];
      const source = `${context}\n${lines.slice(from, to).join("\n")}`;
      const known = before.get(source)?.shift() ?? this.#make(block, hasRemoteImages);
      known.line = from;
      this.#bySource.set(source, [...(this.#bySource.get(source) ?? []), known]);
      return known;
    });
    this.#place();
    return this.#blocks.reduce((sum, { heldImages }) => sum + heldImages, 0);
  }

  /** Scrolls to the block that the text has at that line, counted from 0. */
  scrollToLine(line: number): void {
    const block = this.#blocks.findLast((block) => block.line <= line);
    const top = block ? block.element.offsetTop - this.parent.offsetTop : 0;
    this.parent.scrollTo({ top: line === 0 ? 0 : top });
  }

  #make(tokens: readonly Token[], hasRemoteImages: boolean): Block {
    const block: Block = { line: 0, element: document.createElement("div"), heldImages: 0 };
    const onHeldImage = () => block.heldImages++;
    const { words, colour } = this;
    block.element.append(elementsOf(tokens, { words, colour, hasRemoteImages, onHeldImage }));
    return block;
  }

  /** Puts the blocks in order, moving only those that are elsewhere. */
  #place(): void {
    const wanted = new Set<Element>(this.#blocks.map(({ element }) => element));
    const stale = Array.from(this.parent.children).filter((child) => !wanted.has(child));
    for (const child of stale) child.remove();
    let next = this.parent.firstElementChild;
    for (const { element } of this.#blocks) {
      if (element === next) next = next.nextElementSibling;
      else this.parent.insertBefore(element, next);
    }
  }
}

/** The tokens of each block that stands in no other. */
function topLevel(tokens: readonly Token[]): Token[][] {
  const blocks: Token[][] = [];
  let depth = 0;
  for (const token of tokens) {
    if (depth === 0) blocks.push([]);
    blocks.at(-1)!.push(token);
    depth += token.nesting;
  }
  return blocks;
}
