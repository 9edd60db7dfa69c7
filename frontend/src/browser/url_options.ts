/**
 * What the address asks of this visit, for pages that show a pad in a frame:
 *
 *     ?embed=1&theme=dark&lang=de&language=python&name=Alice
 *
 * It holds for this visit alone: what the person chose before is neither used
 * nor changed, and what does not make sense is ignored.
 */

export interface UrlOptions {
  /** Only the text, without what stands around it. */
  embed: boolean;
  theme: "light" | "dark" | null;
  /** What the page speaks. */
  lang: string | null;
  /** For a pad that has no language yet. */
  language: string | null;
  name: string | null;
}

export function parseUrlOptions(search: string): UrlOptions {
  const asked = new URLSearchParams(search);
  const theme = asked.get("theme");
  return {
    embed: asked.has("embed") && asked.get("embed") !== "0",
    theme: theme === "light" || theme === "dark" ? theme : null,
    lang: asked.get("lang") || null,
    language: asked.get("language") || null,
    name: asked.get("name") || null,
  };
}

/** Without the password that older links have there: it belongs behind the hash. */
export function searchWithoutPassword(search: string): string {
  return searchWithout(search, "otp");
}

export function searchWithout(search: string, name: string): string {
  const asked = new URLSearchParams(search);
  if (!asked.has(name)) return search;
  asked.delete(name);
  return asked.size > 0 ? `?${asked}` : "";
}

export const urlOptions = parseUrlOptions(globalThis.location?.search ?? "");
