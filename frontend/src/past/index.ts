/** What was typed in a pad when, and the texts that stood there. Loaded when somebody asks for it. */
export { Authorship } from "./authorship";
export { type Mark, marksBetween } from "./marks";
export type { PastOperation } from "./operations";
export { type PastCaret, type Played, Replay } from "./replay";
export { type Run, unitsOf } from "./runs";
export { type Author, type Sitting } from "./sitting";
export { PastTexts, type Shown } from "./past_texts";
