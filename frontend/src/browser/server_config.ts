/** Settings that the server hands to the page at run time. */

import { signal } from "@preact/signals";
import { log, setLogLevel } from "./log";

/** As the server has sent them. */
export interface ServerSettings {
  readonly frontend_log_level?: unknown;
  /** "ask": the reader may let the preview ask other sites for images. */
  readonly remote_images?: unknown;
  /** How large images may be, one and all of a pad; not there: the server keeps none. */
  readonly images?: { readonly max_bytes: number; readonly max_bytes_per_document: number };
}

/** Empty until they are there. */
export const serverSettings = signal<ServerSettings>({});

/** Fetches the settings of the server and puts them in force. Never rejects: a server without
 * them leaves the defaults. */
export async function loadConfig(base: string): Promise<void> {
  try {
    const response = await fetch(new URL("api/config", base));
    if (!response.ok) return;
    const config = (await response.json()) as ServerSettings;
    if (typeof config.frontend_log_level === "string") setLogLevel(config.frontend_log_level);
    serverSettings.value = config;
    log.debug("settings:", config);
  } catch (error) {
    log.debug("no settings:", error);
  }
}
