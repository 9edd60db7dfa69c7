/** What the page asks of the browser and not of the pad: storage, settings, the address's options, the
 * console, other tabs, and code that is loaded when it is wanted. */
export { isChunkMissing, loadChunk } from "./chunks";
export { log, setLogLevel } from "./log";
export { forgetPad, type RecentPad, recentPads, rememberPad } from "./recent_pads";
export { loadConfig, mayShowRemoteImages } from "./server_config";
export { FONT_SIZES, LOCALES, preferredLanguages, settings, type Settings, setSettings, TAB_SIZES, THEMES } from "./settings";
export { watchSleep } from "./sleep";
export { noteTrouble, readStored, storageTrouble, writeStored } from "./storage";
export { holdToken } from "./tabs";
export {
  claimUnsent,
  isUnsentOurs,
  putUnsent,
  releaseUnsent,
  removeUnsent,
  type UnsentRecord,
} from "./unsent_store";
export { searchWithout, searchWithoutPassword, type UrlOptions, urlOptions } from "./url_options";
