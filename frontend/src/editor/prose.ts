/** The languages of prose, also under the names that others have for them. */
const PROSE: ReadonlySet<string> = new Set(["plaintext", "text", "markdown", "md", "mdx", "restructuredtext"]);

/** True when a pad in that language holds sentences; null: it has none. */
export function isProse(language: string | null): boolean {
  return language === null || PROSE.has(language.toLowerCase());
}
