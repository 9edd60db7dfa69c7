import type { SettingsText } from "./settings_en";

export const settings: SettingsText = {
  groups: { page: "Seite", text: "Text", typing: "Schreiben" },
  theme: "Aussehen",
  themes: { system: "System", light: "Hell", dark: "Dunkel" },
  locale: "Sprache der Seite",
  locales: { system: "System", en: "English", de: "Deutsch" },
  localeLater: "Diese Seite wechselt die Sprache, sobald alles gesichert ist.",
  fontSize: "Schriftgröße",
  tabSize: "Tabulatorbreite",
  tabs: "Mit Tabulatoren einrücken",
  detect: "Einrücken, wie der Text es schon tut",
  foundTabs: "Dieser Text: Tabulatoren",
  foundSpaces: (n) => `Dieser Text: ${n} Leerzeichen`,
  wrap: "Lange Zeilen umbrechen",
  spelling: "Recht\u00adschreibung prüfen",
  spellings: { prose: "In Prosa", always: "Immer", never: "Nie" },
  closeBrackets: "Klammern und Anführungszeichen in Code schließen",
  vim: "Vim-Tasten",
};
