/** Reads files from disk, and names files for it. */

import { cleanText } from "../session";

/** The reasons for which a file has no text for a pad. */
export type FileProblem = "too_large" | "binary" | "not_utf8" | "unreadable";

/** Resolves to the text of a file, cleaned, or to the reason for which it has none for a
 * pad. Never rejects. */
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
  if (isUtf16(bytes)) return { problem: "not_utf8" };
  if (bytes.includes(0)) return { problem: "binary" };
  try {
    return { text: cleanText(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch {
    return { problem: "not_utf8" };
  }
}

/** True for UTF-16, by its byte order mark. Such text is full of NULs, like no other. */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** The name of the pad's file: its title, where that makes a name, with the extension; null: that of plain text. */
export function fileName(title: string, extension: string | null): string {
  const name = title.replace(/[\p{Cc}/\\:*?"<>|]/gu, " ").replace(/\s+/g, " ").replace(/^\.+/, "").trim();
  const end = `.${extension ?? "txt"}`;
  const stem = [...(name || "pad")].slice(0, 60).join("").trim();
  return stem.toLowerCase().endsWith(end) ? stem : stem + end;
}
