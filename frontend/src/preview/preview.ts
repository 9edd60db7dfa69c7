/**
 * A Markdown text, shown in an element and kept up to date.
 *
 * Typing changes one block of many. A block whose source is as before keeps its
 * elements, so that nothing flickers, a selection stays, and a long text costs
 * little to follow.
 */

import type { Block } from "./block";
import { Blocks } from "./blocks";
import type { Told } from "./definitions";
import { type Colour, elementsOf, type Formula, type Words } from "./elements";

/** Where a line begins: at the top of an element, or at its bottom, when it is the one behind the element's last. */
interface Mark {
  line: number;
  element: Element;
  edge: "top" | "bottom";
}

/** What is shown of a block. */
interface Shown {
  element: HTMLElement;
  /** The lines of the block, counted from its first, of which it is known where they begin, each later than the one
   * before. */
  marks: Mark[];
  heldImages: number;
  source: string;
  weight: number;
  /** All that the elements depend on besides the source. */
  told: Told;
  hasRemoteImages: boolean;
  /** Holds the block and those behind it, up to the next one that has a section, where there are many; null: the
   * one before it does. */
  section: HTMLElement | null;
}

/** What a section weighs about, and no more than twice: a browser lays it out at once, and goes through all children of an
 * element to lay out one of them. */
export const SECTION_WEIGHT = 20_000;
const MOST_CORRECTIONS = 4;
/** So many blocks are looked at in one step. */
const LOOKS_PER_STEP = 256;

/** What the preview tells of what people do in it. */
export interface PreviewEvents {
  /** A task was ticked, or its tick was taken away. Its line is that of the text that is shown. False: that is not
   * possible, and the box is as it was. */
  onTick(line: number, isDone: boolean): boolean;
  /** Something was clicked that does nothing by itself, or was clicked or tapped twice. Its line is that of the text that
   * is shown. */
  onClick(line: number, isTwice: boolean): void;
}

export class Preview {
  readonly #blocks = new Blocks();
  #shown = new Map<Block, Shown>();
  /** The look in the next frame at where it was scrolled to. */
  #correction = 0;
  /** The boxes that were pressed since the text was read that is shown, until that is shown in others, and the line of the
   * last one, where the keyboard goes then. */
  #ticked: HTMLInputElement[] = [];
  #isReadOnly = false;
  #tickedLine: number | null = null;
  /** The children of elements, as they were put there. */
  readonly #children = new WeakMap<Element, readonly Element[]>();

  constructor(
    private readonly parent: HTMLElement,
    private readonly words: Words,
    private readonly makers: { colour: Colour; formula: Formula },
    private readonly events: PreviewEvents,
  ) {
    parent.addEventListener("change", ({ target }) => this.#tick(target));
    const tell = ({ target, clientY }: MouseEvent, isTwice: boolean) => {
      const isPlain = target instanceof Element && target !== parent && !target.closest("a, input, img");
      if (isPlain) this.events.onClick(Math.floor(this.lineAt(this.#down(clientY))), isTwice);
    };
    parent.addEventListener("click", (event) => {
      this.#followLink(event.target);
      if (event.pointerType === "touch") return; // a finger that reads would have the screen's keyboard rise
      if (getSelection()?.isCollapsed !== false) tell(event, false);
    });
    parent.addEventListener("dblclick", (event) => tell(event, true));
    parent.addEventListener("keydown", ({ key, target }) => {
      if (key === "Enter") this.#followLink(target);
    });
  }

  /** Shows `text`, with or without images of other sites, and returns the number of
   * those that were not asked for. */
  show(text: string, hasRemoteImages = false): number {
    const showing = this.showing(text, hasRemoteImages);
    for (;;) {
      const step = showing.next();
      if (step.done) return step.value;
    }
  }

  /** Does what show() does, in steps each of which is over soon; each tells the weight of what it has given the browser
   * to lay out. To be run to its end before the next text is shown. */
  *showing(text: string, hasRemoteImages = false): Generator<number, number> {
    const ticked = this.#ticked;
    this.#ticked = [];
    for (const _ of this.#blocks.read(text)) yield 0;
    const list = this.#blocks.list;
    const before = this.#shown;
    const shown = new Map<Block, Shown>();
    const isRight = (block: Block, it: Shown) => it.hasRemoteImages === hasRemoteImages && this.#blocks.isAsTold(block, it.told);
    for (const [i, block] of list.entries()) {
      if (i % LOOKS_PER_STEP === 0) yield 0;
      const known = before.get(block);
      if (!known || !isRight(block, known)) continue;
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
    for (const [i, block] of list.entries()) {
      if (i % LOOKS_PER_STEP === 0) yield 0;
      if (shown.has(block)) continue;
      const alike = spare.get(block.source);
      if (alike && alike.length > 0 && isRight(block, alike.at(-1)!)) shown.set(block, alike.pop()!);
      else {
        shown.set(block, this.#make(block, hasRemoteImages));
        yield 0;
      }
    }
    yield* this.#place();
    this.#returnKeyboard(ticked);
    return list.reduce((sum, block) => sum + shown.get(block)!.heldImages, 0);
  }

  /** Lets tasks be ticked, or not: they tell what is done to whoever may only read. */
  set isReadOnly(isReadOnly: boolean) {
    this.#isReadOnly = isReadOnly;
    this.#disableTasks(this.parent);
    // Those of a text that is still being shown are not in there yet.
    for (const { element } of this.#shown.values()) this.#disableTasks(element);
  }

  /** Scrolls to where the text has that line, counted from 0, with a fraction for a part of it. `end` says how near
   * the end the text is scrolled: at 1 the end is in view, at 0 that does not count. */
  scrollToLine(line: number, end = 0): void {
    cancelAnimationFrame(this.#correction);
    this.#scrollToLine(line, end, MOST_CORRECTIONS);
  }

  /** What comes into view is laid out only then, and may be as tall as it was not thought to be: so it is looked at
   * once more in the next frame, so many times. */
  #scrollToLine(line: number, end: number, corrections: number): void {
    const top = line <= 0 ? 0 : this.#topOf(line);
    const last = this.#blocks.list.at(-1);
    const lastElement = last && this.#shown.get(last)?.element;
    if (top === null) return;
    const missing = end > 0 && lastElement ? this.#distance({ element: lastElement, edge: "bottom" }) - this.parent.clientHeight - top : 0;
    const aim = top + end * Math.max(0, missing);
    const isThere = Math.abs(this.parent.scrollTop - aim) < 2;
    if (!isThere || corrections === MOST_CORRECTIONS) this.parent.scrollTo({ top: aim });
    if (corrections === 0) return;
    this.#correction = requestAnimationFrame(() => this.#scrollToLine(line, end, corrections - 1));
  }

  /** The line of the text that is so far down in the preview, counted from 0, with a fraction for a part of it. */
  lineAt(distance: number): number {
    const list = this.#blocks.list;
    const isShown = (block: Block) => this.parent.contains(this.#shown.get(block)?.element ?? null);
    const topOf = (block: Block) => this.#distance({ element: this.#shown.get(block)!.element, edge: "top" });
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isShown(list[middle]!) && topOf(list[middle]!) <= distance) low = middle + 1;
      else high = middle;
    }
    const block = list[low - 1];
    if (!block) return 0;
    const { marks } = this.#shown.get(block)!;
    let mark = 0;
    while (mark + 1 < marks.length && this.#distance(marks[mark + 1]!) <= distance) mark += 1;
    const { line: from } = marks[mark]!;
    const start = this.#distance(marks[mark]!);
    const [to, end] = this.#after(low - 1, mark);
    const part = end > start ? Math.min(1, (distance - start) / (end - start)) : 0;
    return block.line + from + part * (to - from);
  }

  /** Where in another text that line of the one that is shown is; null: nowhere. */
  lineIn(text: string, line: number): number | null {
    return this.#blocks.lineIn(text, line);
  }

  #tick(box: EventTarget | null): void {
    if (!(box instanceof HTMLInputElement)) return;
    const block = this.#blockAround(box);
    const line = block && block.line + Number(box.dataset["line"]);
    if (line !== null && this.events.onTick(line, box.checked)) {
      this.#ticked.push(box);
      this.#tickedLine = line;
    } else box.checked = !box.checked;
  }

  /** The elements of the task that had the keyboard are others now, or say again what the text says; not yet of those that
   * have been pressed since it was read. */
  #returnKeyboard(ticked: readonly HTMLInputElement[]): void {
    for (const box of ticked) if (!this.#ticked.includes(box)) box.checked = box.defaultChecked;
    const line = this.#tickedLine;
    this.#tickedLine = null;
    if (line === null || document.activeElement !== document.body) return;
    const block = this.#blocks.list[lastUpTo(this.#blocks.list, line)];
    const selector = `input[data-line="${line - (block?.line ?? 0)}"]`;
    if (block) this.#shown.get(block)?.element.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
  }

  #blockAround(element: Element): Block | null {
    for (const [block, shown] of this.#shown) if (shown.element.contains(element)) return block;
    return null;
  }

  /** Goes to the place in the text that a link leads to. */
  #followLink(target: EventTarget | null): void {
    const link = target instanceof Element ? target.closest<HTMLElement>("[data-to]") : null;
    if (!link) return;
    const place = this.parent.querySelector(`[data-anchor="${CSS.escape(link.dataset["to"]!)}"]`);
    cancelAnimationFrame(this.#correction);
    if (place) this.#scrollToElement(place, MOST_CORRECTIONS);
  }

  /** What is above it may be laid out only then, as in #scrollToLine(). */
  #scrollToElement(element: Element, corrections: number): void {
    this.parent.scrollTo({ top: this.#distance({ element, edge: "top" }) });
    if (corrections === 0) return;
    this.#correction = requestAnimationFrame(() => this.#scrollToElement(element, corrections - 1));
  }

  /** How far down the line is: between the elements around it whose lines are known, as far as it is between those.
   * null: it is not shown yet. */
  #topOf(line: number): number | null {
    const list = this.#blocks.list;
    const at = lastUpTo(list, line);
    if (at < 0) return list.length > 0 ? 0 : null;
    const block = list[at]!;
    const shown = this.#shown.get(block);
    if (!shown || !this.parent.contains(shown.element)) return null;
    const mark = lastUpTo(shown.marks, line - block.line);
    const { line: from } = shown.marks[mark]!;
    const [to, end] = this.#after(at, mark);
    const start = this.#distance(shown.marks[mark]!);
    return start + ((line - block.line - from) / (to - from)) * Math.max(0, end - start);
  }

  /** The next line behind that mark in that block of which it is known where it begins, counted from the block's
   * first, and how far down it is. */
  #after(at: number, mark: number): [line: number, distance: number] {
    const list = this.#blocks.list;
    const block = list[at]!;
    const { element, marks } = this.#shown.get(block)!;
    const inside = marks[mark + 1];
    if (inside) return [inside.line, this.#distance(inside)];
    const next = list[at + 1];
    const nextElement = next && this.#shown.get(next)?.element;
    if (nextElement) return [next.line - block.line, this.#distance({ element: nextElement, edge: "top" })];
    return [block.lineCount, this.#distance({ element, edge: "bottom" })];
  }

  /** How far below the beginning of the preview that edge of an element is. */
  #distance({ element, edge }: Omit<Mark, "line">): number {
    return this.#down(element.getBoundingClientRect()[edge]);
  }

  #down(screenY: number): number {
    return screenY - this.parent.getBoundingClientRect().top - this.parent.clientTop + this.parent.scrollTop;
  }

  #make(block: Block, hasRemoteImages: boolean): Shown {
    const { source, weight } = block;
    const { tokens, told } = this.#blocks.parsed(block);
    const element = document.createElement("div");
    const marks: Mark[] = [{ line: 0, element, edge: "top" }];
    const shown: Shown = { element, marks, heldImages: 0, source, weight, told, hasRemoteImages, section: null };
    const onHeldImage = () => shown.heldImages++;
    const onLines = (inner: Element, first: number, end: number | null) => {
      if (first === marks.at(-1)!.line && marks.at(-1)!.edge === "bottom") marks.pop();
      if (first > marks.at(-1)!.line) marks.push({ line: first, element: inner, edge: "top" });
      if (end !== null && end > marks.at(-1)!.line) marks.push({ line: end, element: inner, edge: "bottom" });
    };
    const options = { words: this.words, ...this.makers, hasRemoteImages, onHeldImage, onLines };
    element.append(elementsOf(tokens, options));
    this.#disableTasks(element);
    return shown;
  }

  #disableTasks(element: HTMLElement): void {
    for (const box of element.querySelectorAll("input")) box.disabled = this.#isReadOnly;
  }

  /** Puts the blocks in order, moving only those that are elsewhere. */
  *#place(): Generator<number> {
    const sections = yield* this.#sections();
    if (sections.length === 1) return yield* this.#arrange(this.parent, sections[0]!);
    const all: Placed[] = [];
    for (const blocks of sections) {
      const section = sectionOf(blocks[0]!);
      const isNew = section.parentNode === null;
      for (const weight of this.#arrange(section, blocks)) yield isNew ? 0 : weight;
      all.push({ element: section, weight: blocks.reduce((sum, { weight }) => sum + weight, 0) });
      if (!isNew) continue;
      this.parent.append(section); // seen as soon as it is there
      yield all.at(-1)!.weight;
    }
    yield* this.#arrange(this.parent, all);
  }

  /** The blocks by the sections that they stand in: at least one. A section that has become too heavy is halved. */
  *#sections(): Generator<number, Shown[][]> {
    let last: Shown[] = [];
    let weight = 0;
    const sections = [last];
    for (const [i, block] of this.#blocks.list.entries()) {
      if (i % LOOKS_PER_STEP === 0) yield 0;
      const shown = this.#shown.get(block)!;
      if (shown.section && last.length > 0) {
        sections.push((last = []));
        weight = 0;
      }
      last.push(shown);
      weight += shown.weight;
      if (weight < 2 * SECTION_WEIGHT || last.length === 1) continue;
      sections.push((last = last.splice(last.length >> 1)));
      sectionOf(last[0]!);
      weight = last.reduce((sum, { weight }) => sum + weight, 0);
    }
    return sections;
  }

  *#arrange(parent: Element, placed: readonly Placed[]): Generator<number> {
    const before = this.#children.get(parent);
    if (before?.length === placed.length && placed.every(({ element }, i) => element === before[i])) return;
    this.#children.set(parent, placed.map(({ element }) => element));
    const wanted = new Set(this.#children.get(parent));
    for (let child = parent.firstElementChild; child; ) {
      const following: Element | null = child.nextElementSibling;
      if (!wanted.has(child)) {
        child.remove();
        yield 0;
      }
      child = following;
    }
    let next = parent.firstElementChild;
    for (const { element, weight } of placed) {
      if (element === next) next = next.nextElementSibling;
      else {
        parent.insertBefore(element, next);
        yield weight;
      }
    }
  }
}

/** The place of the last of those, which are in the order of their lines, that begins at or before that line; -1:
 * none does. */
function lastUpTo(list: readonly { readonly line: number }[], line: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.line <= line) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Something that has its place among others. */
type Placed = Pick<Shown, "element" | "weight">;

/** The section that begins with that block. */
function sectionOf(shown: Shown): HTMLElement {
  if (!shown.section) {
    shown.section = document.createElement("div");
    shown.section.className = "section";
  }
  return shown.section;
}
