import type { CommentsText } from "./comments_en";
import { files } from "./files_en";
import { news } from "./news_en";
import { trouble } from "./trouble_en";

/** What stands around the text, and is loaded behind it. */
export const frame = {
  rail: "Panels",
  find: "Find",
  panels: { outline: "Outline", people: "People", history: "History", comments: "Comments", settings: "Settings" },
  openComments: (n: number) => `Comments, ${n} open`,
  comments: async (): Promise<CommentsText> => (await import("./comments_en")).comments,
  files,
  news,
  trouble,
  keys: "Keys",
  statusBar: "About this text",
  place: (line: number, column: number) => `Ln ${line}, Col ${column}`,
  placeLong: (line: number, column: number) => `Line ${line}, column ${column}`,
  readingLong: "You may read this text, and not change it.",
  selected: (n: number) => `${n.toLocaleString("en")} selected`,
  indentation: "Indentation",
  spaces: (n: number) => `Spaces ${n}`,
  tabs: "Tabs",
  asText: "As the text does",
  keptUntil: (date: string) => `kept until ${date}`,
  keptLong: (date: string) => `Without further use this pad is deleted on ${date}.`,
  size: (bytes: number, limit: number) => `${kib(bytes)}/${kib(limit)} KiB`,
  sizeLong: (percent: number) => `${percent} % of what a pad may hold`,
};
export type FrameText = typeof frame;

function kib(bytes: number): string {
  return Math.ceil(bytes / 1024).toLocaleString("en");
}
