/** Makes the title of a pad: the one that its front matter gives it, its first line that says something, or its id.
 * What a link opens has no id to be shown, and the link is no name: who reads it over a shoulder could use it. */

import { linkOf } from "../../session";
import { t } from "../../strings";

const LONGEST_POINTS = 60;
const LOOKED_AT_LINES = 20;
/** A link or an image of Markdown is called by its words. */
const LINK = /!?\[([^[\]]*)\]\([^()\s]*\)/g;

/** `firstLines` is the beginning of the text. */
export function titleOf(firstLines: string, padId: string): string {
  const lines = firstLines.split("\n", LOOKED_AT_LINES);
  for (const line of inFrontMatter(lines) ?? lines) {
    const words = line.replace(LINK, "$1").replace(/^(?:\[[xX]\]|[\s#/*;<!\-=>"'`{}()[\]])+/, "").trim();
    if (words !== "") return [...words].slice(0, LONGEST_POINTS).join("");
  }
  return linkOf(padId) === null ? padId : t.linked;
}

/** What the front matter among those lines, which other programs read, says of the title, and the lines behind it;
 * null: there is none. */
function inFrontMatter(lines: readonly string[]): string[] | null {
  if (lines[0]?.trimEnd() !== "---") return null;
  const end = lines.findIndex((line, i) => i > 0 && /^(?:---|\.\.\.)\s*$/.test(line));
  if (end < 0) return null;
  const titles = lines.slice(1, end).flatMap((line) => /^title\s*:(.*)/i.exec(line)?.[1]?.replace(/["']\s*$/, "") ?? []);
  return [...titles, ...lines.slice(end + 1)];
}
