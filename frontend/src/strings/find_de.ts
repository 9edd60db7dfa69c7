import type { FindText } from "./find_en";

export const find: FindText = {
  label: "Suchen und Ersetzen",
  find: "Suchen",
  replaceWith: "Ersetzen durch",
  more: "Ersetzen und mehr",
  next: "Nächster Treffer (Eingabe)",
  previous: "Voriger Treffer (Umschalt+Eingabe)",
  matchCase: "Groß- und Kleinschreibung",
  wholeWords: "Ganze Wörter",
  pattern: "Regulärer Ausdruck",
  inSelection: "In der Auswahl",
  inSelectionHint: "Nur in dem, was jetzt ausgewählt ist",
  selectAll: "Alle auswählen",
  replace: "Ersetzen",
  replaceAll: "Alle ersetzen",
  close: "Suche schließen",
  matches: (at, count, isAll) => {
    const n = count.toLocaleString("de");
    if (at > 0) return `${at.toLocaleString("de")} von ${n}${isAll ? "" : "+"}`;
    return isAll ? `${n} Treffer` : `Mehr als ${n} Treffer`;
  },
  none: "Kein Treffer",
  bad: (why) => `Ausdruck: ${why}`,
};
