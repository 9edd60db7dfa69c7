/** The settings of this person, kept in this browser. */

import { signal } from "@preact/signals";
import { onStoredByOtherTab, readStored, storageTrouble, writeStored } from "./storage";
import { urlOptions } from "./url_options";

/** Everything that can be set. */
export interface Settings {
  theme: "system" | "light" | "dark";
  /** The language of the page's words. */
  locale: "system" | "en" | "de";
  /** Long lines are wrapped. */
  wrap: boolean;
  /** In CSS pixels. */
  fontSize: number;
  /** In columns. */
  tabSize: number;
  /** Indent with tab characters, not spaces. */
  tabs: boolean;
  /** A text that is indented already goes on as it is. */
  detect: boolean;
  /** A bracket or quote that is typed in code brings its other half. */
  closeBrackets: boolean;
  /** Where spelling is checked, and corrected on phones. */
  spelling: "prose" | "always" | "never";
  /** Vim's keys. */
  vim: boolean;
  /** Show Markdown as it reads. */
  preview: boolean;
  /** And not the text as it is written. */
  read: boolean;
  /** How much of the room the text has where both are shown, in percent. */
  split: number;
  /** The texts of recent pads are kept in this browser, for visits without a connection. */
  keepTexts: boolean;
  /** The system tells when somebody joins a pad that nobody looks at. */
  tellOfJoins: boolean;
  /** The panel beside the text on wide screens; null: none. */
  panel: PanelId | null;
}

/** The choices that there are for each setting that has more than two. */
export const THEMES = ["system", "light", "dark"] as const;
export const LOCALES = ["system", "en", "de"] as const;
export const FONT_SIZES = [12, 13, 14, 15, 16, 18, 20, 24] as const;
export const SPELLINGS = ["prose", "always", "never"] as const;
export const TAB_SIZES = [2, 3, 4, 8] as const;
export const PANEL_IDS = ["outline", "people", "history", "comments", "settings"] as const;
/** Neither of two panes has less, in percent. */
export const LEAST_SPLIT = 20;
export type PanelId = (typeof PANEL_IDS)[number];

const KEY = "settings";
const DEFAULTS: Settings = {
  theme: "system",
  locale: "system",
  wrap: true,
  fontSize: 14,
  tabSize: 4,
  tabs: false,
  detect: true,
  closeBrackets: true,
  spelling: "prose",
  vim: false,
  preview: false,
  read: false,
  split: 50,
  keepTexts: true,
  tellOfJoins: false,
  panel: null,
};

/** The settings that the person chose, as they are written down. */
let chosen = load();
/** The settings that the address asks for: they are not written down, and hold until something else is chosen. */
let asked: Partial<Settings> = urlOptions.theme ? { theme: urlOptions.theme } : {};

/** The settings that hold now; follows other tabs. */
export const settings = signal<Settings>({ ...chosen, ...asked });

onStoredByOtherTab(KEY, () => show(load()));

/** Changes these settings and leaves the others as they are now: other tabs change them too. */
export function setSettings(changes: Partial<Settings>): void {
  if (changes.theme) asked = {};
  show({ ...(storageTrouble.peek().settings ? chosen : load()), ...changes });
  writeStored(KEY, chosen);
}

function show(now: Settings): void {
  chosen = now;
  settings.value = { ...chosen, ...asked };
}

/** The languages in which this person would read the page, as BCP 47 tags, the best first. */
export function preferredLanguages(): string[] {
  const wanted = [urlOptions.lang, chosen.locale === "system" ? null : chosen.locale];
  return [...wanted.filter((it) => it !== null), ...navigator.languages];
}

/** Reads the settings from storage; each that does not make sense is as on the first visit. */
function load(): Settings {
  const kept = (readStored(KEY) ?? {}) as Partial<Record<keyof Settings, unknown>>;
  return {
    theme: oneOf(THEMES, kept.theme, DEFAULTS.theme),
    locale: oneOf(LOCALES, kept.locale, DEFAULTS.locale),
    wrap: flag(kept.wrap, DEFAULTS.wrap),
    fontSize: oneOf(FONT_SIZES, kept.fontSize, DEFAULTS.fontSize),
    tabSize: oneOf(TAB_SIZES, kept.tabSize, DEFAULTS.tabSize),
    tabs: flag(kept.tabs, DEFAULTS.tabs),
    detect: flag(kept.detect, DEFAULTS.detect),
    closeBrackets: flag(kept.closeBrackets, DEFAULTS.closeBrackets),
    spelling: oneOf(SPELLINGS, kept.spelling, DEFAULTS.spelling),
    vim: flag(kept.vim, DEFAULTS.vim),
    preview: flag(kept.preview, DEFAULTS.preview),
    read: flag(kept.read, DEFAULTS.read),
    split: splitOf(kept.split),
    keepTexts: flag(kept.keepTexts, DEFAULTS.keepTexts),
    tellOfJoins: flag(kept.tellOfJoins, DEFAULTS.tellOfJoins),
    panel: oneOf<PanelId | null>(PANEL_IDS, kept.panel, DEFAULTS.panel),
  };
}

function splitOf(kept: unknown): number {
  return typeof kept === "number" && kept >= LEAST_SPLIT && kept <= 100 - LEAST_SPLIT ? kept : DEFAULTS.split;
}

function oneOf<T>(choices: readonly T[], kept: unknown, otherwise: T): T {
  return choices.find((choice) => choice === kept) ?? otherwise;
}

function flag(kept: unknown, otherwise: boolean): boolean {
  return typeof kept === "boolean" ? kept : otherwise;
}
