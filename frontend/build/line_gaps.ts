/**
 * Bounds how much of a long line is in the page.
 *
 * CodeMirror draws what is in view of a line, and, where lines wrap, 10,000 units more at either
 * end: so a line of up to 20,000 is drawn as a whole. Browsers lay a line out as a whole with
 * each key, and one that runs both ways or holds many elements costs far more than its length.
 * Here a tenth of that is drawn beyond what is in view. See docs/decisions/086.
 *
 * With so short a margin it matters to know what of a line is in view: src/editor/line_parts.ts does. What is
 * around the caret is drawn in place of that only when the caret stands in a gap, since
 * drawing either in turn takes several layouts for each key. And where the line of the caret is out of view, CodeMirror
 * would draw it as a whole: it has gaps as well.
 */

import { resolve } from "node:path";
import type { Plugin } from "vite";
import { amend } from "./amend.ts";

const MARGIN_UNITS = 1_000;
const PARTS = resolve(import.meta.dirname, "../src/editor/line_parts.ts");

const IN_VIEW = `
                let top, bot;
                if (target != null) {
                    let targetFrac = findFraction(structure, target);
                    let spaceFrac = ((this.visibleBottom - this.visibleTop) / 2 + marginHeight) / line.height;
                    top = targetFrac - spaceFrac;
                    bot = targetFrac + spaceFrac;
                }
                else {
                    top = (this.visibleTop - line.top - marginHeight) / line.height;
                    bot = (this.visibleBottom - line.top + marginHeight) / line.height;
                }
                viewFrom = findPosition(structure, top);
                viewTo = findPosition(structure, bot);
`;
const IN_VIEW_OF_PARTS = `
                let parts = partsOf(line, structure, current);
                let half = (this.visibleBottom - this.visibleTop) / 2 + marginHeight;
                let isInGap = current.some((gap) => gap.from < target && gap.to > target);
                let middle = isInGap ? heightOf(parts, line.from, target) : (this.visibleTop + this.visibleBottom) / 2 - line.top;
                viewFrom = positionAt(parts, middle - half);
                viewTo = positionAt(parts, middle + half);
`;

/** The lines in view, and that of the caret, which is drawn even where it is out of view: in the order of the text, as gaps
 * have to be. */
const DRAWN = "this.viewports.flatMap((port) => port == this.viewport ? this.viewportLines : this.lineBlockAt(port.from))";
const LINES = "for (let line of this.viewportLines) {\n            if (Array.isArray(line.type))";
const GAPS = "\n            this.updateLineGaps(this.ensureLineGaps(";
const IS_LONG = `if (this.lineGaps.length || this.viewport.to - this.viewport.from > (2000 /* LG.Margin */ << 1))${GAPS}`;
const HAS_LONG = `if (this.lineGaps.length || this.viewports.some((port) => port.to - port.from > 4000))${GAPS}`;

export function boundLineGaps(): Plugin {
  return amend("line_gaps", /[\\/]@codemirror[\\/]view[\\/]dist[\\/]index\.js$/, [
    { before: "10000 /* LG.MarginWrap */", after: String(MARGIN_UNITS) },
    { before: "\nclass LineGap {", after: `\nimport { heightOf, partsOf, positionAt } from ${JSON.stringify(PARTS)};\nclass LineGap {` },
    { before: IN_VIEW, after: IN_VIEW_OF_PARTS },
    { before: LINES, after: LINES.replace("this.viewportLines", DRAWN) },
    { before: `${IS_LONG}this.mapLineGaps(`, after: `${HAS_LONG}this.mapLineGaps(` },
    { before: `${IS_LONG}refresh`, after: `${HAS_LONG}refresh` },
    { before: "this.gapSize(line, from, to, structure);", after: "this.gapSize(line, from, to, structure, current);" },
    { before: "gapSize(line, from, to, structure) {", after: "gapSize(line, from, to, structure, current) {" },
    { before: "return line.height * fraction;", after: "return heightOf(partsOf(line, structure, current), from, to);" },
  ]);
}
