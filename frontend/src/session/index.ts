/** An open pad and the browser around it: what the page shows and does. */
export { Session } from "./session";
export type { Link, Notice, Surface } from "./types";
export type { Refusal } from "../sync";
export { type Person } from "./people";
export { hashOf, newPadId, type PadAddress, type PadIdProblem } from "./address";
export type { Opening } from "./opening";
export { cleanName, isHue, NAME_POINTS_MAX } from "./identity";
export { loadConfig, mayShowRemoteImages } from "./config";
export { log } from "./log";
export { ProtectionError } from "./protection";
export { forget, type RecentPad, recentPads, visited } from "./recent";
export { FONT_SIZES, LOCALES, preferredLanguages, settings, type Settings, setSettings, TAB_SIZES, THEMES } from "./settings";
export type { LostText } from "./lost";
export { noteTrouble, storageTrouble } from "./storage";
export { searchWithout, searchWithoutPassword, visit } from "./visit";
export { watchSleep } from "./wake";
export { cleanText } from "../kernel";
export { claimUnsent, releaseUnsent, removeUnsent, type UnsentRecord } from "./unsent_store";
