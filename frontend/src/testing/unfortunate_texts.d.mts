/** Makes each text of the corpus in that length, by its name. */
export const unfortunateTexts: Record<string, (units: number) => string>;
/** Another such text: pieces of the corpus and of `more`, repeated by chance. */
export function unfortunateText(random: { below(limit: number): number }, units: number, more?: readonly string[]): string;
