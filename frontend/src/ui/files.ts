/** Files from disk, and names for files to disk. */

import { extensionOf, knownLanguage } from "../editor";
import { cleanText } from "../session";

export type FileProblem = "too_large" | "binary" | "not_utf8" | "unreadable";

/** The text of a file, cleaned, or why it is none for a pad. */
export async function readText(
  file: File,
  limitBytes: number,
): Promise<{ text: string } | { problem: FileProblem }> {
  if (file.size > limitBytes) return { problem: "too_large" };
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return { problem: "unreadable" };
  }
  if (bytes.includes(0)) return { problem: "binary" };
  try {
    return { text: cleanText(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch {
    return { problem: "not_utf8" };
  }
}

/** What the pad is called on disk: its title where that makes a name, with the
 * language's extension. */
export function fileName(title: string, language: string | null): string {
  const name = title.replace(/[\p{Cc}/\\:*?"<>|]/gu, " ").replace(/\s+/g, " ").replace(/^\.+/, "").trim();
  const extension = extensionOf(knownLanguage(language));
  const stem = [...(name || "pad")].slice(0, 60).join("").trim();
  return stem.toLowerCase().endsWith(`.${extension}`) ? stem : `${stem}.${extension}`;
}
