/** Pads visited in this browser, newest first, with the passwords that opened them. Known to nobody else. */

import { signal } from "@preact/signals";
import { keyring } from "./keyring";
import { rememberFile } from "./opened_files";
import { onStoredByOtherTab, readStored, storageTrouble, writeStored } from "./storage";

/** A pad by its id, with the title that it had, the password that opened it (null or nothing: it has none), and when it
 * was last open here, in milliseconds since 1970 (nothing: not known). */
export interface RecentPad {
  id: string;
  title: string;
  otp?: string | null;
  at?: number;
}

const KEY = "recent";
/** So many pads are remembered without a password. */
const MOST = 12;
/** So many are remembered in all. A password may be written down nowhere else, so its pad stays longer. */
const MOST_PROTECTED = 100;

/** The list as the page shows it, newest first; follows other tabs. */
export const recentPads = signal<readonly RecentPad[]>(load());

onStoredByOtherTab(KEY, () => (recentPads.value = load()));

/** Puts a pad first, under its present title and password. Where the password is left out, what is
 * remembered of it stays. */
export function rememberPad({ id, title, otp = rememberedPassword(id) }: Omit<RecentPad, "at">): void {
  save(shortened([padOf(id, title, otp, Date.now()), ...withoutPad(id)]));
}

/** Takes a pad out of the list, and with it the password, the tokens, the text and the name of the file that was opened
 * into it. */
export function forgetPad(padId: string): void {
  rememberFile(padId, null);
  keyring.forget(padId);
  save(withoutPad(padId)); // offline.ts hears of it, and lets go of the text
}

/** The password that last opened the pad in this browser; null: none, or the pad was forgotten. */
export function rememberedPassword(padId: string): string | null {
  return remembered().find(({ id }) => id === padId)?.otp ?? null;
}

function withoutPad(padId: string): RecentPad[] {
  return remembered().filter(({ id }) => id !== padId);
}

/** The list, read anew: other tabs write the same. */
function remembered(): readonly RecentPad[] {
  return storageTrouble.peek().settings ? recentPads.peek() : load();
}

function shortened(pads: RecentPad[]): RecentPad[] {
  return pads.filter(({ otp }, place) => place < (otp ? MOST_PROTECTED : MOST));
}

function save(pads: readonly RecentPad[]): void {
  recentPads.value = pads;
  writeStored(KEY, pads);
}

function load(): RecentPad[] {
  const kept = readStored(KEY);
  if (!Array.isArray(kept)) return [];
  const isPad = (pad: Partial<RecentPad> | null) =>
    typeof pad?.id === "string" && pad.id !== "" && typeof pad.title === "string";
  return shortened(kept.filter(isPad).map(({ id, title, otp, at }) => padOf(id, title, otp, at)));
}

function padOf(id: string, title: string, otp: unknown, at: unknown): RecentPad {
  return {
    id,
    title,
    ...(typeof otp === "string" && otp !== "" && { otp }),
    ...(typeof at === "number" && Number.isFinite(at) && { at }),
  };
}
