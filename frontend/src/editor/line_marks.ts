/** The marks with which a line of Markdown begins, for those who have no keys for them: headings, lists, tasks. */

import type { Line } from "@codemirror/state";
import type { Command } from "@codemirror/view";

/** A line that is indented by more of a quote or list than this is left alone. */
const LONGEST_UNITS = 1_000;
const INDENT = /^[\s>]*/;
const LIST = /^(?:[-+*]|\d{1,9}[.)])[ \t]+/;
const TASK = /^[-+*][ \t]+\[[ xX]\][ \t]+/;
const HEADING = /^#{1,6}[ \t]+/;
const DEEPEST_HEADING = "### ";

/** One level deeper with each press, and no heading after the third. */
export const heading = marking((text) => {
  const now = HEADING.exec(text)?.[0] ?? "";
  return [now, now.length >= DEEPEST_HEADING.length ? "" : `#${now.trim()} `];
});

/** An item of a list, or no longer one. */
export const bullet = marking((text) => {
  const task = TASK.exec(text)?.[0];
  if (task) return [task, "- "];
  const now = LIST.exec(text)?.[0] ?? "";
  return [now, now ? "" : "- "];
});

/** A task, or no longer one. */
export const task = marking((text) => {
  const now = TASK.exec(text)?.[0];
  return now ? [now, ""] : [LIST.exec(text)?.[0] ?? "", "- [ ] "];
});

/** A command that puts another mark at the beginning of each selected line, behind its indentation. `mark` gives the one
 * that the rest of a line begins with, and the one to have in its place. */
function marking(mark: (text: string) => [now: string, next: string]): Command {
  return ({ state, dispatch }) => {
    if (state.readOnly) return false;
    const changes = [...selectedLines(state)].map(({ from, text }) => {
      const start = text.slice(0, LONGEST_UNITS);
      const indent = INDENT.exec(start)![0].length;
      const [now, next] = mark(start.slice(indent));
      return { from: from + indent, to: from + indent + now.length, insert: next };
    });
    const set = state.changes(changes);
    // A caret at the mark goes behind the new one.
    const selection = state.selection.map(set, 1);
    dispatch(state.update({ changes: set, selection, scrollIntoView: true, userEvent: "input" }));
    return true;
  };
}

function selectedLines({ doc, selection }: Parameters<Command>[0]["state"]): Set<Line> {
  const lines = new Map<number, Line>();
  for (const { from, to } of selection.ranges) {
    for (let line = doc.lineAt(from); ; line = doc.line(line.number + 1)) {
      lines.set(line.number, line);
      if (line.to >= to) break;
    }
  }
  return new Set(lines.values());
}
