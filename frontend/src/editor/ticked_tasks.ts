/** The "x" of a task that is done is a letter, and a line runs as its first letter does: here it does not count, so that a
 * task in Hebrew goes on running from right to left when it is ticked off. */

import { type Extension, RangeSet } from "@codemirror/state";
import { Decoration, type DecorationSet, Direction, EditorView, MatchDecorator, ViewPlugin, type ViewUpdate } from "@codemirror/view";

/** Between its brackets nothing is known of the rest of the line, nor the other way round. */
const ISOLATED = Decoration.mark({ class: "ticked", bidiIsolate: Direction.LTR });

const boxes = new MatchDecorator({
  regexp: /^[\s>]*(?:[-+*]|\d{1,9}[.)])\s+\[[xX]\](?=\s)/g,
  decorate: (add, _, to) => add(to - 3, to, ISOLATED),
});

class TickedTasks {
  decorations: DecorationSet;

  constructor(view: EditorView) {
    this.decorations = boxes.createDeco(view);
  }

  update(update: ViewUpdate): void {
    this.decorations = boxes.updateDeco(update, this.decorations);
  }
}

const plugin = ViewPlugin.fromClass(TickedTasks, {
  provide: (it) => {
    const decorations = (view: EditorView) => view.plugin(it)?.decorations ?? RangeSet.empty;
    return [EditorView.decorations.of(decorations), EditorView.bidiIsolatedRanges.of(decorations)];
  },
});

/** For Markdown. */
export const tickedTasks: Extension = [plugin, EditorView.baseTheme({ ".ticked": { unicodeBidi: "isolate" } })];
