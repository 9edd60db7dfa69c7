/** Small things that outlive a visit, as JSON in localStorage. In a private window,
 * or with storage switched off or full, nothing is kept, the page says so, and
 * everything else goes on. */

import { type Signal, signal } from "@preact/signals";

const PREFIX = "kolabpad.";

/** Tells what a browser has turned out not to keep. */
export interface StorageTrouble {
  settings: boolean;
  unsent: boolean;
}

/** Makes the signal of a page that has not been disappointed yet. */
export function noTroubleYet(): Signal<StorageTrouble> {
  return signal({ settings: false, unsent: false });
}

/** The trouble of this browser. */
export const storageTrouble = noTroubleYet();

/** Notes that the browser does not keep that kind of thing. */
export function noteTrouble(what: keyof StorageTrouble, trouble: Signal<StorageTrouble> = storageTrouble): void {
  if (!trouble.peek()[what]) trouble.value = { ...trouble.peek(), [what]: true };
}

/** The value under that key; null when there is none, or none that can be read. */
export function readStored(key: string): unknown {
  let kept: string | null;
  try {
    kept = localStorage.getItem(PREFIX + key);
  } catch {
    noteTrouble("settings");
    return null;
  }
  try {
    return JSON.parse(kept ?? "null");
  } catch {
    return null;
  }
}

/** Calls `onChange` when another tab has changed what is stored under that key. */
export function onStoredByOtherTab(key: string, onChange: () => void): void {
  globalThis.addEventListener?.("storage", (event) => {
    if (event.key === PREFIX + key) onChange();
  });
}

/** Keeps a value under that key; where that fails, it is noted as trouble. */
export function writeStored(key: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    noteTrouble("settings");
  }
}
