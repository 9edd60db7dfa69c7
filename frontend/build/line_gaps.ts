/**
 * Bounds how much of a long line is in the page.
 *
 * CodeMirror draws what is in view of a line, and, where lines wrap, 10,000 units more at either
 * end: so a line of up to 20,000 is drawn as a whole. Browsers lay a line out as a whole with
 * each key, and one that runs both ways or holds many elements costs far more than its length.
 * Here a tenth of that is drawn beyond what is in view. See docs/decisions/086.
 */

import type { Plugin } from "vite";
import { amend } from "./amend.ts";

const MARGIN_UNITS = 1_000;

export function boundLineGaps(): Plugin {
  return amend("line_gaps", /[\\/]@codemirror[\\/]view[\\/]dist[\\/]index\.js$/, [
    { before: "10000 /* LG.MarginWrap */", after: String(MARGIN_UNITS) },
  ]);
}
