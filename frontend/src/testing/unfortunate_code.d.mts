/** By their names, texts that trouble the parser of that language, by its id in the catalogue; each takes how many UTF-16 units it has. */
export function unfortunateCode(language: string): Record<string, (units: number) => string>;

/** What troubles that language's parser when it is repeated, for unfortunateText(). */
export function unfortunatePieces(language: string): string[];
