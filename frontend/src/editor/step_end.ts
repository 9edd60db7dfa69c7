/**
 * Ends steps of parsers in their midst.
 *
 * Half of the languages are read by functions that take a line token by token, and a step of theirs is a line at least. Some look
 * through the rest of the line for each token, or through all that is open: one line of 1,900 underscores takes 1.2 s in
 * Mathematica. So these functions ask now and then whether the step is to end. They belong to the
 * language, not to a parse: what is asked is that of the step which is being taken.
 */

import { type LanguageSupport, StreamLanguage, type StringStream } from "@codemirror/language";

/** Ends a step from within. */
export class StepOver extends Error {}

/** What such a parser keeps account of may be so deep: as many brackets as were opened, say. It is copied every 512 units of the text. */
const MOST_OPEN = 1_000;
/** It is asked once for so many tokens. */
const TOKENS_PER_LOOK = 16;

let isOver = (): boolean => false;
let tokens = 0;

/** Takes a step, which throws StepOver soon after `over` says so, if it is of an endable language. Steps may be within each other:
 * each of them ends the inner ones. */
export function endable<T>(over: () => boolean, step: () => T): T {
  const outer = isOver;
  isOver = () => over() || outer();
  try {
    return step();
  } finally {
    isOver = outer;
  }
}

type Token = (stream: StringStream, state: unknown) => string | null;
/** What StreamLanguage of @codemirror/language 6 keeps its functions in; its types leave it out. */
type Reads = { streamParser: { token: Token; copyState(state: object): object } };

const prepared = new WeakSet<object>();

/** The same language; steps of its parser can be ended where it is one that is read token by token, and end where too much is open. */
export function withEndableSteps(support: LanguageSupport): LanguageSupport {
  const { language } = support;
  if (!(language instanceof StreamLanguage) || prepared.has(language)) return support;
  prepared.add(language);
  const { streamParser } = language as unknown as Reads;
  const { token, copyState } = streamParser;
  streamParser.token = (stream, state) => {
    if (++tokens % TOKENS_PER_LOOK === 0 && isOver()) throw new StepOver();
    return token(stream, state);
  };
  streamParser.copyState = (state) => {
    if (Object.values(state).some((part) => Array.isArray(part) && part.length > MOST_OPEN)) throw new StepOver();
    return copyState(state);
  };
  return support;
}
