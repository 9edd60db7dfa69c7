/**
 * Options of the page's address, for pages that show a pad in a frame:
 *
 *     ?embed=1&theme=dark&lang=de&language=python&name=Alice
 *
 * They hold for this visit alone: what the person chose before is neither used
 * nor changed, and an option that does not make sense is ignored.
 */

/** The options; null: not asked for. */
export interface UrlOptions {
  /** Shows only the text, without what stands around it. */
  embed: boolean;
  theme: "light" | "dark" | null;
  /** The language of the page's words. */
  lang: string | null;
  /** The language of the text, for a pad that has none yet. */
  language: string | null;
  /** The name by which the others see this person. */
  name: string | null;
}

/** Reads the options from a query ("?…" or ""). */
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

/** The query without the password, which older links have there: it belongs behind the hash. */
export function searchWithoutPassword(search: string): string {
  return searchWithout(search, "otp");
}

/** The query without that option; "" when nothing is left. */
export function searchWithout(search: string, name: string): string {
  const asked = new URLSearchParams(search);
  if (!asked.has(name)) return search;
  asked.delete(name);
  return asked.size > 0 ? `?${asked}` : "";
}

/** The options of this page. */
export const urlOptions = parseUrlOptions(globalThis.location?.search ?? "");
