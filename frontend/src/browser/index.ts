/** The browser around the pad: storage, settings, the address's options, the console, other tabs, and
 * code that is loaded when it is wanted. */
export { isChunkMissing, loadChunk } from "./chunks";
export { Keyring, keyring } from "./keyring";
export { log, setLogLevel } from "./log";
export { type FileForm, LINE_ENDS, type LineEnd, rememberedFile, rememberFile } from "./opened_files";
export { type Page, page, type PageEvent } from "./page";
export { forgetPad, type RecentPad, recentPads, rememberedPassword, rememberPad } from "./recent_pads";
export { loadConfig, serverSettings } from "./server_config";
export { FONT_SIZES, LEAST_SPLIT, LOCALES, type PanelId, preferredLanguages, settings, type Settings, setSettings, SPELLINGS, TAB_SIZES, THEMES } from "./settings";
export { watchSleep } from "./sleep";
export { noteTrouble, noTroubleYet, readStored, type StorageTrouble, storageTrouble, writeStored } from "./storage";
export { Tabs, tabs, TABS_TIMING, type TabsEnvironment, type TabsTiming } from "./tabs";
export { type UnsentRecord, UnsentStore, unsentStore, type UnsentStoreOptions } from "./unsent_store";
export { searchWithout, searchWithoutPassword, type UrlOptions, urlOptions } from "./url_options";
