/** What this browser remembers. In a private window, or with storage switched
 * off or full, it remembers nothing, says so, and everything else goes on. */

import { signal } from "@preact/signals";

const PREFIX = "kolabpad.";

/** What this browser has turned out not to keep. */
export const storageTrouble = signal<{ settings: boolean; unsent: boolean }>({ settings: false, unsent: false });

export function noteTrouble(what: "settings" | "unsent"): void {
  if (!storageTrouble.peek()[what]) storageTrouble.value = { ...storageTrouble.peek(), [what]: true };
}

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

export function writeStored(key: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    noteTrouble("settings");
  }
}
