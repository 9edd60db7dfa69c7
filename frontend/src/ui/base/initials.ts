/** Stands for a name where there is room for a letter or two. */

/** An emoji with all that belongs to it, or a letter or digit with its marks. */
const EMOJI = "\\p{RI}\\p{RI}|\\p{Extended_Pictographic}[\\ufe0f\\p{Emoji_Modifier}]*(?:\\u200d\\p{Extended_Pictographic}[\\ufe0f\\p{Emoji_Modifier}]*)*";
const FIRST = new RegExp(`${EMOJI}|[\\p{L}\\p{N}]\\p{M}*`, "u");
/** Letters that come large and small: only of those do people use two. */
const CASED = /[\p{Lu}\p{Ll}\p{Lt}]/u;

/** The first letters of the first and of the last word: "QC" for Quiet Crane. One where the script has no large letters, and
 * the first character where there is neither letter nor emoji. */
export function initialsOf(name: string): string {
  const firsts = name.normalize("NFC").split(/\s+/u).flatMap((word) => FIRST.exec(word)?.[0] ?? []);
  const [first, last] = [firsts[0], firsts.at(-1)];
  if (!first || !last) return [...name][0] ?? "";
  if (firsts.length === 1 || !CASED.test(first) || !CASED.test(last)) return large(first);
  return large(first) + large(last);
}

/** Not where it would be more than one letter, as ß. */
function large(letter: string): string {
  const upper = letter.toUpperCase();
  return upper.length === letter.length ? upper : letter;
}
