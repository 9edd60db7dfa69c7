/** The words of the panel with the outline, which are loaded with it. */
export const outline = {
  filter: "Filter the outline",
  noHeadings: "No headings yet. A line that begins with # is one.",
  noSymbols: "No functions or types yet.",
  noOutline: "Markdown, and code in languages such as Python or JavaScript, has an outline. This text has none.",
  nothing: "Nothing is called like that",
  more: (n: number) => `${n.toLocaleString("en")} more. Filter to see them.`,
};
export type OutlineText = typeof outline;
