/** The beginning of a text in one line, for names and announcements. */

const POINTS = 80;

export function excerpt(text: string): string {
  const points = [...text.slice(0, 4 * POINTS).replace(/\s+/g, " ").trim()];
  const isCut = points.length > POINTS || text.length > 4 * POINTS;
  return isCut ? `${points.slice(0, POINTS).join("").trimEnd()}…` : points.join("");
}
