/** The words of the panel to find and replace, which is loaded behind the editor. */
export const find = {
  label: "Find and replace",
  find: "Find",
  replaceWith: "Replace with",
  more: "Replace and more",
  next: "Next match (Enter)",
  previous: "Previous match (Shift+Enter)",
  matchCase: "Match case",
  wholeWords: "Whole words",
  pattern: "Pattern",
  inSelection: "In selection",
  inSelectionHint: "Only in what is selected now",
  selectAll: "Select all",
  replace: "Replace",
  replaceAll: "Replace all",
  close: "Close the search",
  matches: (at: number, count: number, isAll: boolean) => {
    const n = count.toLocaleString("en");
    if (at > 0) return `${at.toLocaleString("en")} of ${n}${isAll ? "" : "+"}`;
    if (!isAll) return `More than ${n} matches`;
    return count === 1 ? "1 match" : `${n} matches`;
  },
  none: "No match",
  bad: (why: string) => `Pattern: ${why}`,
};
export type FindText = typeof find;
