/** Settings that the server hands to the page at run time. */

import { log, setLogLevel } from "./log";

/** Fetches them; a server without them leaves the defaults. */
export async function loadConfig(base: string): Promise<void> {
  try {
    const response = await fetch(new URL("api/config", base));
    if (!response.ok) return;
    const config = (await response.json()) as { frontend_log_level?: unknown };
    if (typeof config.frontend_log_level === "string") setLogLevel(config.frontend_log_level);
    log.debug("settings of the server:", config);
  } catch (error) {
    log.debug("no api/config:", error);
  }
}
