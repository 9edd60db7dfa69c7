/** Extensions that make editing pleasant and are not needed to read or type the first
 * letter: loaded after the page is up. */

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { indentLess, indentMore, toggleComment } from "@codemirror/commands";
import { foldAll, foldCode, unfoldAll, unfoldCode } from "@codemirror/language";
import { gotoLine, highlightSelectionMatches, openSearchPanel, searchKeymap, selectNextOccurrence } from "@codemirror/search";
import type { Extension } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import { besideLines } from "./beside_lines";
import { complete, completion } from "./completion";
import { bullet, heading, task } from "./line_marks";
import { bold, italic, link } from "./markdown_keys";
import { find, openReplace } from "./find";
import type { FindWords } from "./find_panel";
import { blinking } from "./blinking";
import { keepFolds } from "./kept_folds";
import { panelAppearance } from "./panel_theme";
import { drawScrollMarks, scrollMarks, type ScrollMarkSource } from "./scroll_marks";
import "./panels.css";

/** All of them; `people` says where the others are. */
export const deferred = (words: FindWords, people: ScrollMarkSource): Extension => [
  panelAppearance,
  closeBrackets(),
  completion,
  highlightSelectionMatches(),
  find(words),
  besideLines,
  blinking,
  keepFolds,
  drawScrollMarks(),
  scrollMarks.of(people),
  // A Mac is left out, since Alt-g types a letter there: it has Cmd-Alt-g alone.
  keymap.of([{ linux: "Alt-g", win: "Alt-g", run: gotoLine }]),
  keymap.of([...closeBracketsKeymap, ...searchKeymap]),
];

export { tickTask } from "./tasks";
export { helpIn } from "./writing";

/** What keys do, for menus. */
export const commands = {
  find: openSearchPanel,
  replace: openReplace,
  goToLine: gotoLine,
  selectNext: selectNextOccurrence,
  comment: toggleComment,
  indentLess,
  indentMore,
  complete,
  fold: foldCode,
  unfold: unfoldCode,
  foldAll,
  unfoldAll,
  bold,
  italic,
  link,
  heading,
  bullet,
  task,
};
