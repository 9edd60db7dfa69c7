/** What this browser remembers. In a private window, or with storage switched
 * off or full, it remembers nothing, and everything else goes on. */

const PREFIX = "kolabpad.";

export function remembered(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key) ?? "null");
  } catch {
    return null;
  }
}

export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Nothing to do about it, and nothing depends on it.
  }
}
