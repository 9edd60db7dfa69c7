/** What can be set, for the panel of settings, with which it is loaded. */
export const settings = {
  groups: { page: "Page", text: "Text", typing: "Typing" },
  theme: "Appearance",
  themes: { system: "System", light: "Light", dark: "Dark" },
  locale: "Language of this page",
  locales: { system: "System", en: "English", de: "Deutsch" },
  localeLater: "This page changes its language as soon as all is saved.",
  fontSize: "Text size",
  tabSize: "Tab width",
  tabs: "Indent with tabs",
  detect: "Indent as the text does already",
  foundTabs: "This text: tabs",
  foundSpaces: (n: number) => `This text: ${n} spaces`,
  wrap: "Wrap long lines",
  spelling: "Check spelling",
  spellings: { prose: "In prose", always: "Always", never: "Never" },
  closeBrackets: "Close brackets and quotes in code",
  vim: "Vim keys",
};
export type SettingsText = typeof settings;
