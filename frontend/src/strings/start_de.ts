import type { StartText } from "./start_en";

export const start: StartText = {
  label: "Anfang",
  language: "Das wird",
  begin: "Anfangen mit",
  templates: { minutes: "Protokoll", interview: "Gespräch", lesson: "Unterricht" },
  open: "Datei öffnen…",
  templatesText: async () => (await import("./templates_de")).templates,
};
