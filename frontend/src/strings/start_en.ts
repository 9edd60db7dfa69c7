/** The words of the card on a new pad, which is loaded when there is one. */
import type { Templates } from "./templates_en";

export const start = {
  label: "Start",
  language: "This will be",
  begin: "Begin with",
  templates: { minutes: "Minutes", interview: "Interview", lesson: "Lesson" },
  open: "Open a file…",
  templatesText: async (): Promise<Templates> => (await import("./templates_en")).templates,
};

export type StartText = typeof start;
