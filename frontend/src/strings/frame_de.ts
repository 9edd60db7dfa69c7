import { files } from "./files_de";
import type { FrameText } from "./frame_en";
import { news } from "./news_de";
import { trouble } from "./trouble_de";

export const frame: FrameText = {
  rail: "Bereiche",
  find: "Suchen",
  panels: { outline: "Gliederung", people: "Personen", history: "Verlauf", comments: "Kommentare", settings: "Einstellungen" },
  openComments: (n) => `Kommentare, ${n} offen`,
  comments: async () => (await import("./comments_de")).comments,
  files,
  news,
  trouble,
  keys: "Tasten",
  statusBar: "Zu diesem Text",
  place: (line, column) => `Z ${line}, S ${column}`,
  placeLong: (line, column) => `Zeile ${line}, Spalte ${column}`,
  readingLong: "Sie können diesen Text lesen, aber nicht ändern.",
  selected: (n) => `${n.toLocaleString("de")} ausgewählt`,
  indentation: "Einrückung",
  spaces: (n) => `Leerzeichen ${n}`,
  tabs: "Tabulatoren",
  asText: "Wie der Text",
  keptUntil: (date) => `bleibt bis ${date}`,
  keptLong: (date) => `Wird dieses Pad nicht mehr benutzt, wird es am ${date} gelöscht.`,
  size: (bytes, limit) => `${kib(bytes)}/${kib(limit)} KiB`,
  sizeLong: (percent) => `${percent} % von dem, was ein Pad fasst`,
};

function kib(bytes: number): string {
  return Math.ceil(bytes / 1024).toLocaleString("de");
}
