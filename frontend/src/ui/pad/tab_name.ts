/** The name of the browser's tab: the pad's title, with a mark before it while there is news that nobody has looked at. */

import { t } from "../../strings";

const MARK = "● ";

/** null: the pad has no title yet. */
let title: string | null = null;
let isMarked = false;

/** Names the tab after its pad. */
export function nameTab(padTitle: string): void {
  title = padTitle;
  document.title = `${isMarked ? MARK : ""}${title} – ${t.appName}`;
}

/** Puts the mark before the name, or takes it away. */
export function markTab(isNews: boolean): void {
  isMarked = isNews;
  if (title !== null) nameTab(title);
}
