import type { AboutText } from "./about_en";

export const about: AboutText = {
  text: "Ein gemeinsames Textpad, das man selbst betreibt: Link öffnen, schreiben, alle sehen es.",
  keys: [
    ["F1, Strg+K", "alles, was man tun kann, durch Tippen", "F1, ⌘K"],
    ["Strg+K", "ein Link, mit einer Auswahl in Markdown", "⌘K"],
    ["Escape, dann Tab", "den Editor verlassen", "Escape, dann Tab"],
    ["Strg+Klick, Alt+Ziehen", "weitere Schreibmarken", "⌘ Klick, ⌥ Ziehen"],
  ],
};
