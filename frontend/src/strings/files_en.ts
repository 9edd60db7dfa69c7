/** What is said when a file is opened into a pad. */
export const files = {
  openHeading: (name: string) => `Open ${name}`,
  openExplain: "This pad has text already.",
  replace: "Replace the text",
  replaced: (name: string) => `The text is that of ${name} now. Undo brings back what was here.`,
  empty: (name: string) => `${name} is empty. Nothing was changed.`,
  taken: (name: string) => `Somebody else changed the text at the same time, so it was not replaced by ${name}.`,
  insert: "Insert at the caret",
  onlyOne: (name: string) => `Files are opened one at a time. Only ${name} was taken.`,
  folder: (name: string) => `${name} is a folder. Open the files in it one at a time.`,
  problem: {
    too_large: (name: string, limit: string) => `${name} is larger than the ${limit} a pad may hold. Open a part of it.`,
    binary: (name: string) => `${name} is not a text file. Pads hold text only: share it in another way.`,
    not_utf8: (name: string) => `${name} is not UTF-8 text. Save it as UTF-8 and open it again.`,
    unreadable: (name: string) => `${name} could not be read.`,
  } as Record<string, (name: string, limit: string) => string>,
};
export type FilesText = typeof files;
