/** The files that were opened into pads in this browser, as far as a text does not tell: it is downloaded as it was
 * opened. Known to nobody else. */

import { readStored, storageTrouble, writeStored } from "./storage";

/** What a file has beside its text. */
export interface FileForm {
  name: string;
  /** In a pad each line ends with "\n". */
  lineEnd: LineEnd;
  /** It begins with a byte order mark. */
  bom: boolean;
}

export const LINE_ENDS = ["\n", "\r\n", "\r"] as const;
export type LineEnd = (typeof LINE_ENDS)[number];

const KEY = "files";
/** Pads that are remembered, the newest. */
const MOST = 100;

type Kept = readonly (readonly [padId: string, form: FileForm])[];

/** What this page wrote last, for a browser that keeps nothing. */
let written: Kept = [];

/** The file that was last opened into the pad; null: none was, or it is forgotten. */
export function rememberedFile(padId: string): FileForm | null {
  return load().find(([id]) => id === padId)?.[1] ?? null;
}

/** Remembers the file that was opened into the pad; null: forgets it. */
export function rememberFile(padId: string, form: FileForm | null): void {
  const before = load();
  const others = before.filter(([id]) => id !== padId);
  if (form === null && others.length === before.length) return;
  written = form === null ? others : [[padId, form] as const, ...others].slice(0, MOST);
  writeStored(KEY, written);
}

/** The list, read anew: other tabs write the same. */
function load(): Kept {
  if (storageTrouble.peek().settings) return written;
  const kept = readStored(KEY);
  return Array.isArray(kept) ? kept.filter(isEntry) : [];
}

function isEntry(entry: unknown): entry is Kept[number] {
  if (!Array.isArray(entry) || typeof entry[0] !== "string") return false;
  const { name, lineEnd, bom } = (entry[1] ?? {}) as Partial<Record<keyof FileForm, unknown>>;
  return typeof name === "string" && name !== "" && LINE_ENDS.some((it) => it === lineEnd) && typeof bom === "boolean";
}
