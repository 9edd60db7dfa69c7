/** The lines of YAML that a text may begin with, for other programs: between a line "---" and the next one. */

/** More lines than that are none. */
const MOST_LINES = 100;

/** The line behind the front matter of a text; 0: it has none. */
export function endOfFrontMatter(lines: readonly string[]): number {
  if (lines[0]?.trimEnd() !== "---" || !/^[\w"'-]+\s*:/.test(lines[1] ?? "")) return 0;
  const end = lines.slice(0, MOST_LINES).findIndex((line, i) => i > 0 && /^(?:---|\.\.\.)\s*$/.test(line));
  return end + 1;
}
