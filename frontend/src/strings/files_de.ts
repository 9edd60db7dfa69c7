import type { FilesText } from "./files_en";

export const files: FilesText = {
  openHeading: (name) => `${name} öffnen`,
  openExplain: "In diesem Pad steht schon Text.",
  replace: "Den Text ersetzen",
  replaced: (name) => `Der Text ist jetzt der von ${name}. Rückgängig bringt zurück, was hier stand.`,
  empty: (name) => `${name} ist leer. Nichts wurde geändert.`,
  taken: (name) => `Jemand hat den Text zur selben Zeit geändert. Er wurde nicht durch ${name} ersetzt.`,
  insert: "An der Schreibmarke einfügen",
  onlyOne: (name) => `Dateien werden einzeln geöffnet. Nur ${name} wurde genommen.`,
  folder: (name) => `${name} ist ein Ordner. Öffnen Sie die Dateien darin einzeln.`,
  problem: {
    too_large: (name, limit) => `${name} ist größer als die ${limit}, die ein Pad fasst. Öffnen Sie einen Teil davon.`,
    binary: (name) => `${name} ist keine Textdatei. Pads fassen nur Text: geben Sie sie anders weiter.`,
    not_utf8: (name) => `${name} ist nicht in UTF-8. Speichern Sie die Datei als UTF-8 und öffnen Sie sie erneut.`,
    unreadable: (name) => `${name} konnte nicht gelesen werden.`,
  },
};
