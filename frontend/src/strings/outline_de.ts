import type { OutlineText } from "./outline_en";

export const outline: OutlineText = {
  filter: "Gliederung filtern",
  noHeadings: "Noch keine Überschriften. Eine Zeile, die mit # beginnt, ist eine.",
  noSymbols: "Noch keine Funktionen oder Typen.",
  noOutline: "Markdown und Code in Sprachen wie Python oder JavaScript haben eine Gliederung. Dieser Text hat keine.",
  nothing: "Nichts heißt so",
  more: (n) => `${n.toLocaleString("de")} weitere. Filtern Sie, um sie zu sehen.`,
};
