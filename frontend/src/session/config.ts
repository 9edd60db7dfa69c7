/** Settings that the server hands to the page at run time. */

import { log, setLogLevel } from "./log";

/** Fetches them; a server without them leaves the defaults. */
export async function loadConfig(base: string): Promise<void> {
  try {
    const response = await fetch(new URL("api/config", base));
    if (!response.ok) return;
    const config: unknown = await response.json();
    const level = (config as { frontend_log_level?: unknown }).frontend_log_level;
    if (typeof level === "string") setLogLevel(level);
  } catch (error) {
    log.debug("no api/config:", error);
  }
}
