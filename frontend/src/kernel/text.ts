/**
 * The texts that may enter a document: "\n" is the only line end, and every unit is
 * part of a code point. CodeMirror would count "\r\n" as one unit where the
 * operation says two, and a lone surrogate has no UTF-8, so both are replaced
 * before the editor and the operation see them.
 */

const CARRIAGE_RETURNS = /\r\n?/g;

/** True when the text may enter a document as it is. */
export function isClean(text: string): boolean {
  return !text.includes("\r") && text.isWellFormed();
}

/** The text with its line ends as "\n" and U+FFFD for each lone surrogate. */
export function cleanText(text: string): string {
  return text.replace(CARRIAGE_RETURNS, "\n").toWellFormed();
}
