/**
 * A language whose parser cannot hold up the page.
 *
 * Parsers are written for texts that people write. Given others, some take the
 * square of the length, in one step that nobody can interrupt. So a parser does not get to see
 * lines beyond a length, and one that takes too long over a step, or over the text that it
 * reads within one, is sent to rest: the text goes on without colours, and the parser
 * is tried again later. So does one that fails. What is wrong with a text is over with the text: each
 * parse is either the parser's own or none at all, never a part of a tree.
 */

import { Language, LanguageSupport, ParseContext } from "@codemirror/language";
import { type Input, Parser, type PartialParse, type Tree, TreeFragment } from "@lezer/common";
import type { MarkdownParser } from "@lezer/markdown";
import { Text } from "@codemirror/state";
import { BlankingInput } from "./blanking_input";
import { BoundedParse, type Bounds, type Ranges } from "./bounded_parse";
import { contextsOf } from "./contexts";
import { type LineRange, longLines } from "./long_lines";
import { doubling } from "./markdown_fragments";
import { NestedParts } from "./nested_parts";
import { CHANGING_MS, PatientParse, STEPS_PER_LOOK } from "./patient_parse";
import { withoutSkipping } from "./skipped_text";
import { readsTokens, withSmallBuffers } from "./small_buffers";

/** A parser rests for so many times what it took, and for twice as long each time that it goes on like that. */
const REST_FACTOR = 4;
const MOST_REST_MS = 10 * 60_000;

/** The same language within those bounds. */
export function bounded({ language, support }: LanguageSupport, elapsed = () => performance.now()): LanguageSupport {
  return new LanguageSupport(new BoundedLanguage(withSmallBuffers(language), elapsed), support);
}

class BoundedLanguage extends Language {
  constructor(
    private readonly inner: Language,
    elapsed: () => number,
  ) {
    super(inner.data, new BoundedParser(inner.parser, elapsed, inner.name === "markdown"), [], inner.name);
  }

  override get allowsNesting(): boolean {
    return this.inner.allowsNesting;
  }
}

/** Parses as `inner` does. `elapsed` is a clock in milliseconds. */
export class BoundedParser extends Parser implements Bounds {
  /** The lines that were blank to the parse that made a tree. */
  readonly #blankIn = new WeakMap<Tree, readonly LineRange[]>();
  /** The trees of parses that were stopped before the end of the text: whatever was open there was closed as if the text ended. */
  readonly #stopped = new WeakSet<Tree>();
  /** Steps that were over too late, since a parse without one. Any step can be one, on a machine that is busy with something
   * else, and what it made is as good as any. Two of them are no chance. */
  #lateSteps = 0;
  /** How often the parser was sent to rest since it was last in time. */
  #rests = 0;
  #rest: { untilMs: number; over: Promise<unknown> } | null = null;
  /** When a text was first seen that was made of another one by a change; never, for one that was opened. */
  readonly #changedAtMs = new WeakMap<Text, number>();
  readonly #checked: ReturnType<typeof contextsOf>;
  readonly #readsTokens: boolean;

  readonly nested: NestedParts | null;
  private readonly inner: Parser;

  constructor(
    inner: Parser,
    readonly elapsed: () => number,
    isMarkdown = false,
  ) {
    super();
    this.nested = isMarkdown ? new NestedParts(inner as MarkdownParser) : null;
    this.inner = this.nested?.parser ?? inner;
    this.#checked = contextsOf(inner);
    this.#readsTokens = readsTokens(inner);
  }

  createParse(input: Input, fragments: readonly TreeFragment[], ranges: Ranges): PartialParse {
    if (this.#rest && this.elapsed() < this.#rest.untilMs) return this.#skip(input, ranges);
    const doc = docOf(input);
    if (!this.#changedAtMs.has(doc)) this.#changedAtMs.set(doc, fragments.length > 0 ? this.elapsed() : -Infinity);
    const changingUntilMs = this.#changedAtMs.get(doc)! + CHANGING_MS;
    return new BoundedParse(this, new BlankingInput(input, longLines(doc), changingUntilMs, this.elapsed), fragments, ranges);
  }

  begin(input: BlankingInput, fragments: readonly TreeFragment[], ranges: Ranges): PartialParse {
    const reused = fragments
      .flatMap((fragment) => withoutMoved(fragment, this.#blankIn.get(fragment.tree) ?? [], input.blank))
      .map((fragment) => (this.#readsTokens ? this.#withTree(fragment, withoutSkipping(fragment.tree)) : fragment))
      .flatMap((fragment) => this.#withoutMisplaced(fragment))
      .map((fragment) => this.#opened(fragment, ranges))
      .flatMap((fragment) => (this.nested ? doubling(fragment) : [fragment]));
    const begin = () => this.inner.startParse(input, reused, ranges);
    // Markdown is read by lines, in which nothing takes long however far it goes.
    return this.nested ? begin() : new PatientParse(begin, input, this.elapsed, this.#readsTokens ? STEPS_PER_LOOK : 1);
  }

  /** The fragment without what was read in a wrong context: it would get into a function before it. */
  #withoutMisplaced(fragment: TreeFragment): readonly TreeFragment[] {
    if (!this.#checked) return [fragment];
    const { tree, misplaced } = this.#checked(fragment.tree);
    return without([this.#withTree(fragment, tree)], within(misplaced, fragment, fragment.offset));
  }

  /** The fragment with another tree of the same text. */
  #withTree({ from, to, tree: before, offset, openStart, openEnd }: TreeFragment, tree: Tree): TreeFragment {
    if (this.#stopped.has(before)) this.#stopped.add(tree);
    return new TreeFragment(from, to, tree, offset, openStart, openEnd);
  }

  /** The fragment with its ends marked as open, but where it begins or ends with the text, as its tree did. Nodes at an open
   * end are parsed anew. TreeFragment.applyChanges() of @lezer/common 1.5.5 marks the ends at which it cuts and
   * drops the marks of those that were cut before, or at which a parse was stopped: a function that was closed there is then
   * used again as a whole one, and the next one ends up inside of it (docs/decisions/099). */
  #opened({ from, to, tree, offset }: TreeFragment, ranges: Ranges): TreeFragment {
    const isWholeStart = from === ranges[0]?.from && from + offset === 0;
    const isWholeEnd = to === ranges.at(-1)?.to && to + offset === tree.length && !this.#stopped.has(tree);
    return new TreeFragment(from, to, tree, offset, !isWholeStart, !isWholeEnd);
  }

  done(tree: Tree, blank: readonly LineRange[], isInTime: boolean, isStopped: boolean): void {
    this.#blankIn.set(tree, blank);
    if (isStopped) this.#stopped.add(tree);
    if (isInTime) this.#lateSteps = this.#rests = 0;
  }

  isTooSlow(): boolean {
    this.#lateSteps += 1;
    return this.#lateSteps > 1;
  }

  rest(tookMs: number, input: Input, ranges: Ranges): PartialParse {
    const restMs = Math.min(tookMs * REST_FACTOR * 2 ** this.#rests++, MOST_REST_MS);
    const over = new Promise((resolve) => setTimeout(resolve, restMs));
    this.#rest = { untilMs: this.elapsed() + restMs, over };
    return this.#skip(input, ranges);
  }

  #skip(input: Input, ranges: Ranges): PartialParse {
    return ParseContext.getSkippingParser(this.#rest?.over).startParse(input, [], ranges);
  }
}

/** The text that an input reads from. */
function docOf(input: Input): Text {
  const doc = ParseContext.get()?.state.doc;
  return doc?.length === input.length ? doc : Text.of(input.read(0, input.length).split("\n"));
}

/** The parts of a fragment in which the same is blank as was in its tree. */
function withoutMoved(fragment: TreeFragment, before: readonly LineRange[], now: readonly LineRange[]): readonly TreeFragment[] {
  const [old, current] = [within(before, fragment, fragment.offset), within(now, fragment, 0)];
  const isIn = ({ from, to }: LineRange, ranges: readonly LineRange[]) => ranges.some((it) => it.from === from && it.to === to);
  const changed = [...old.filter((it) => !isIn(it, current)), ...current.filter((it) => !isIn(it, old))].sort((a, b) => a.from - b.from);
  return without([fragment], changed);
}

/** The ranges of a tree or a text as far as they are in the fragment, by the places that it has. */
function within(ranges: readonly LineRange[], fragment: TreeFragment, offset: number): readonly LineRange[] {
  return ranges
    .map(({ from, to }) => ({ from: Math.max(from - offset, fragment.from), to: Math.min(to - offset, fragment.to) }))
    .filter(({ from, to }) => from < to);
}

/** What is left of those fragments without those ranges, which are in order. */
function without(fragments: readonly TreeFragment[], ranges: readonly LineRange[]): readonly TreeFragment[] {
  let parts = fragments;
  for (const { from, to } of ranges) parts = TreeFragment.applyChanges(parts, [{ fromA: from, toA: to, fromB: from, toB: to }]);
  return parts;
}
