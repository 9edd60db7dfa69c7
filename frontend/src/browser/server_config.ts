/** Settings that the server hands to the page at run time. */

import { signal } from "@preact/signals";
import { log, setLogLevel } from "./log";

interface Config {
  frontend_log_level?: unknown;
  remote_images?: unknown;
}

/** True when the reader may let the preview ask other sites for images. */
export const mayShowRemoteImages = signal(false);

/** Fetches the settings of the server and puts them in force. Never rejects: a server without
 * them leaves the defaults. */
export async function loadConfig(base: string): Promise<void> {
  try {
    const response = await fetch(new URL("api/config", base));
    if (!response.ok) return;
    const config = (await response.json()) as Config;
    if (typeof config.frontend_log_level === "string") setLogLevel(config.frontend_log_level);
    mayShowRemoteImages.value = config.remote_images === "ask";
    log.debug("settings of the server:", config);
  } catch (error) {
    log.debug("no api/config:", error);
  }
}
