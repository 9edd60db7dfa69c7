/**
 * What text may enter a document: "\n" is the only line end, and every unit is
 * part of a code point. CodeMirror would count "\r\n" as one unit where the
 * operation says two, and a lone surrogate has no UTF-8, so both are replaced
 * before the editor and the operation see them.
 */

const CARRIAGE_RETURNS = /\r\n?/g;

export function isClean(text: string): boolean {
  return !text.includes("\r") && text.isWellFormed();
}

export function cleanText(text: string): string {
  return text.replace(CARRIAGE_RETURNS, "\n").toWellFormed();
}
