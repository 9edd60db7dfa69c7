/** Pads visited in this browser, newest first. Known to nobody else. */

import { signal } from "@preact/signals";
import { onStoredByOtherTab, readStored, storageTrouble, writeStored } from "./storage";

export interface RecentPad {
  id: string;
  title: string;
}

const KEY = "recent";
const MOST = 12;

export const recentPads = signal<readonly RecentPad[]>(load());

onStoredByOtherTab(KEY, () => (recentPads.value = load()));

/** Puts a pad first, under its present title. */
export function rememberPad(pad: RecentPad): void {
  save([pad, ...withoutPad(pad.id)].slice(0, MOST));
}

export function forgetPad(padId: string): void {
  save(withoutPad(padId));
}

/** As it is now: other tabs write the same list. */
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
