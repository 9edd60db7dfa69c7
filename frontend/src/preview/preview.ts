/**
 * A Markdown text, shown in an element and kept up to date.
 *
 * Typing changes one block of many. A block whose source is as before keeps its
 * elements, so that nothing flickers, a selection stays, and a long text costs
 * little to follow.
 */

import { type Block, Blocks } from "./blocks";
import { type Colour, elementsOf, type Words } from "./elements";

/** What is shown of a block. */
interface Shown {
  element: HTMLElement;
  heldImages: number;
  source: string;
  /** All that the elements depend on besides the source. */
  context: string;
  /** Holds the block and those behind it, up to the next one that has a section, where there are many; null: the
   * one before it does. */
  section: HTMLElement | null;
}

/** More blocks than these are held in sections of about so many: browsers go through all children of an element
 * to lay out one of them. */
const MOST_CHILDREN = 256;
const SECTION_BLOCKS = 128;

export class Preview {
  readonly #blocks = new Blocks();
  #shown = new Map<Block, Shown>();
  /** Counts the blocks that were made. */
  #made = 0;
  readonly #firstSection = document.createElement("div");
  /** The children of elements, as they were put there. */
  readonly #children = new WeakMap<Element, readonly Element[]>();

  constructor(
    private readonly parent: HTMLElement,
    private readonly words: Words,
    private readonly colour: Colour,
  ) {}

  /** Shows `text`, with or without images of other sites, and returns the number of
   * those that were not asked for. */
  show(text: string, hasRemoteImages = false): number {
    const showing = this.showing(text, hasRemoteImages);
    for (;;) {
      const step = showing.next();
      if (step.done) return step.value;
    }
  }

  /** Does what show() does, in steps each of which is over soon. To be run to its end
   * before the next text is shown. */
  *showing(text: string, hasRemoteImages = false): Generator<void, number> {
    yield* this.#blocks.read(text);
    const list = this.#blocks.list;
    const before = this.#shown;
    const shown = new Map<Block, Shown>();
    const contextOf = (block: Block) => `${hasRemoteImages}${this.#blocks.contextOf(block)}`;
    for (const block of list) {
      const known = before.get(block);
      if (known?.context !== contextOf(block)) continue;
      shown.set(block, known);
      before.delete(block);
    }
    // What is left may have moved, or be the same in other words.
    const spare = new Map<string, Shown[]>();
    for (const it of before.values()) {
      const alike = spare.get(it.source);
      if (alike) alike.push(it);
      else spare.set(it.source, [it]);
    }
    for (const alike of spare.values()) alike.reverse(); // the first one is taken first
    this.#shown = shown;
    for (const block of list) {
      if (shown.has(block)) continue;
      const context = contextOf(block);
      const alike = spare.get(block.source);
      if (alike?.at(-1)?.context === context) shown.set(block, alike.pop()!);
      else {
        shown.set(block, this.#make(block, context, hasRemoteImages));
        yield;
      }
    }
    yield* this.#place();
    return list.reduce((sum, block) => sum + shown.get(block)!.heldImages, 0);
  }

  /** Scrolls to the block that the text has at that line, counted from 0. */
  scrollToLine(line: number): void {
    const block = this.#blocks.list.findLast((block) => block.line <= line);
    const element = block && this.#shown.get(block)?.element;
    const top = element ? element.offsetTop - this.parent.offsetTop : 0;
    this.parent.scrollTo({ top: line === 0 ? 0 : top });
  }

  #make(block: Block, context: string, hasRemoteImages: boolean): Shown {
    const section = this.#made++ % SECTION_BLOCKS === 0 ? document.createElement("div") : null;
    const shown: Shown = { element: document.createElement("div"), heldImages: 0, source: block.source, context, section };
    const onHeldImage = () => shown.heldImages++;
    const { words, colour } = this;
    shown.element.append(elementsOf(this.#blocks.parsed(block), { words, colour, hasRemoteImages, onHeldImage }));
    return shown;
  }

  /** Puts the blocks in order, moving only those that are elsewhere. */
  *#place(): Generator<void> {
    const all = this.#blocks.list.map((block) => this.#shown.get(block)!);
    if (all.length <= MOST_CHILDREN) return yield* this.#arrange(this.parent, all.map(({ element }) => element));
    const sections = new Map<Element, Element[]>();
    let last: Element[] = [];
    for (const { element, section } of all) {
      if (section || sections.size === 0) sections.set(section ?? this.#firstSection, (last = []));
      last.push(element);
    }
    for (const [section, children] of sections) {
      yield* this.#arrange(section, children);
      if (section.parentNode === null) this.parent.append(section); // seen as soon as it is there
    }
    yield* this.#arrange(this.parent, [...sections.keys()]);
  }

  *#arrange(parent: Element, children: readonly Element[]): Generator<void> {
    const before = this.#children.get(parent);
    if (before?.length === children.length && children.every((child, i) => child === before[i])) return;
    this.#children.set(parent, children);
    const wanted = new Set(children);
    for (let child = parent.firstElementChild; child; ) {
      const following: Element | null = child.nextElementSibling;
      if (!wanted.has(child)) {
        child.remove();
        yield;
      }
      child = following;
    }
    let next = parent.firstElementChild;
    for (const child of children) {
      if (child === next) next = next.nextElementSibling;
      else {
        parent.insertBefore(child, next);
        yield;
      }
    }
  }
}
