import type { PreviewText } from "./preview_en";

export const preview: PreviewText = {
  heading: "Vorschau",
  splitter: "Breite des Textes",
  held: (n) => (n === 1 ? "1 Bild einer anderen Seite steht als Link da." : `${n} Bilder anderer Seiten stehen als Links da.`),
  words: {
    image: (alt, host) => `Bild${alt && ` „${alt}“`} auf ${host}`,
    callouts: { note: "Hinweis", tip: "Tipp", important: "Wichtig", warning: "Warnung", caution: "Vorsicht" },
    contents: "Inhalt",
    footnote: (number) => `Fußnote ${number}`,
    backToText: "zurück zum Text",
  },
  showImages: "Bilder anderer Seiten zeigen",
  showImagesHint: "Bis Sie dieses Pad verlassen. Diese Seiten erfahren dann Ihre Adresse.",
  tickWaits: "Die letzten Änderungen sind noch nicht gespeichert. Drücken Sie danach noch einmal.",
};
