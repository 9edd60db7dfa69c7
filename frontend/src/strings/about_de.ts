import type { AboutText } from "./about_en";

export const about: AboutText = {
  text: "Ein gemeinsames Textpad, das man selbst betreibt: Link öffnen, schreiben, alle sehen es.",
  keys: [
    ["Escape, dann Tab", "den Editor verlassen", "Escape, dann Tab"],
    ["Strg+F", "suchen", "⌘F"],
    ["Strg+H", "im Text ersetzen", "⌥⌘F"],
    ["Strg+Z / Strg+Y", "Eigenes zurücknehmen und wiederholen", "⌘Z / ⇧⌘Z"],
    ["Alt+G, Strg+Alt+G", "zu einer Zeile gehen", "⌥⌘G"],
    ["Strg+D", "den nächsten Treffer dazu auswählen", "⌘D"],
    ["Strg+[ / Strg+]", "weniger oder mehr einrücken", "⌘[ / ⌘]"],
    ["Strg+Umschalt+[ / ]", "ein- und ausklappen", "⌥⌘[ / ]"],
    ["Strg+B / I / K", "fett, kursiv, ein Link, in Markdown", "⌘B / I / K"],
    ["Strg+S", "den Text herunterladen", "⌘S"],
    ["Strg+Klick, Alt+Ziehen", "weitere Schreibmarken", "⌘ Klick, ⌥ Ziehen"],
    ["Strg+Leertaste", "ergänzen", "⌃ Leertaste"],
  ],
};
