import type { AboutText } from "./about_en";

export const about: AboutText = {
  text: "Ein gemeinsames Textpad, das man selbst betreibt: Link öffnen, schreiben, alle sehen es.",
  keys: [
    ["F1, Strg+K", "alles, was man tun kann, durch Tippen", "F1, ⌘K"],
    ["Strg+K", "ein Link, mit einer Auswahl in Markdown", "⌘K"],
    ["F6 / Umschalt+F6", "zum nächsten Teil der Seite, oder zurück", "F6 / ⇧F6"],
    ["Escape, dann Tab", "den Editor verlassen", "Escape, dann Tab"],
    ["Strg+Klick, Alt+Ziehen", "weitere Schreibmarken", "⌘ Klick, ⌥ Ziehen"],
  ],
};
