/** Pads visited in this browser, newest first. Known to nobody else. */

import { signal } from "@preact/signals";
import { onStoredByOtherTab, readStored, storageTrouble, writeStored } from "./storage";

/** A pad by its id, with the title that it had. */
export interface RecentPad {
  id: string;
  title: string;
}

const KEY = "recent";
/** So many pads are remembered. */
const MOST = 12;

/** The list as the page shows it, newest first; follows other tabs. */
export const recentPads = signal<readonly RecentPad[]>(load());

onStoredByOtherTab(KEY, () => (recentPads.value = load()));

/** Puts a pad first, under its present title. */
export function rememberPad(pad: RecentPad): void {
  save([pad, ...withoutPad(pad.id)].slice(0, MOST));
}

/** Takes a pad out of the list. */
export function forgetPad(padId: string): void {
  save(withoutPad(padId));
}

/** The list without that pad, read anew: other tabs write the same list. */
function withoutPad(padId: string): RecentPad[] {
  const pads = storageTrouble.peek().settings ? recentPads.peek() : load();
  return pads.filter(({ id }) => id !== padId);
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
  return kept.filter(isPad).slice(0, MOST);
}
