/** Texts as files: reads them from disk, and makes what is written to it. */

import { type FileForm, LINE_ENDS, type LineEnd } from "../../browser";
import { cleanText } from "../../session";

/** The reasons for which a file has no text for a pad. */
export type FileProblem = "too_large" | "binary" | "not_utf8" | "unreadable";

/** Resolves to the text of a file, cleaned, with what else there is to it, or to the reason for which
 * it has none for a pad. Never rejects. */
export async function readText(
  file: File,
  limitBytes: number,
): Promise<{ text: string; form: FileForm } | { problem: FileProblem }> {
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
    const written = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const bom = written.startsWith(BOM);
    const form = { name: file.name, lineEnd: lineEndOf(written), bom };
    return { text: cleanText(bom ? written.slice(BOM.length) : written), form };
  } catch {
    return { problem: "not_utf8" };
  }
}

/** The byte order mark, by which some programs tell UTF-8 from older encodings. */
const BOM = "\uFEFF";

/** The line end that most lines of the text have; "\n" where there is none. */
function lineEndOf(text: string): LineEnd {
  const counts = new Map<string, number>(LINE_ENDS.map((end) => [end, 0]));
  for (const [end] of text.matchAll(/\r\n|\r|\n/g)) counts.set(end, counts.get(end)! + 1);
  return LINE_ENDS.reduce((most, end) => (counts.get(end)! > counts.get(most)! ? end : most));
}

/** The text as the content of a file in that form. */
export function contentOf(text: string, { lineEnd, bom }: Omit<FileForm, "name">): string {
  return (bom ? BOM : "") + (lineEnd === "\n" ? text : text.replaceAll("\n", lineEnd));
}

/** True for UTF-16, by its byte order mark. Such text is full of NULs, like no other. */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** The name of the pad's file: its title, where that makes a name, with the extension; null: that of plain text. */
export function fileName(title: string, extension: string | null): string {
  const name = title.replace(/[\p{Cc}/\\:*?"<>|]/gu, " ").replace(/\s+/g, " ").replace(/^[.…\s]+|[.…\s]+$/gu, "").trim();
  const end = `.${extension ?? "txt"}`;
  const stem = [...(name || "pad")].slice(0, 60).join("").trim();
  return stem.toLowerCase().endsWith(end) ? stem : stem + end;
}
