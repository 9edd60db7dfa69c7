/** Makes the title of a pad: its first line that says something, or its id. */

const LONGEST_POINTS = 60;
const LOOKED_AT_LINES = 20;

/** `firstLines` is the beginning of the text. */
export function titleOf(firstLines: string, padId: string): string {
  for (const line of firstLines.split("\n", LOOKED_AT_LINES)) {
    const words = line.replace(/^[\s#/*;<!\-=>"'`{}()[\]]+/, "").trim();
    if (words !== "") return [...words].slice(0, LONGEST_POINTS).join("");
  }
  return padId;
}
