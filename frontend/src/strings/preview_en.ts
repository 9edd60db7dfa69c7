/** The words of the preview, which are loaded with it. */
export const preview = {
  heading: "Preview",
  splitter: "Width of the text",
  held: (n: number) => (n === 1 ? "1 image of another site is shown as a link." : `${n} images of other sites are shown as links.`),
  words: {
    image: (alt: string, host: string) => `Image${alt && ` “${alt}”`} on ${host}`,
    callouts: { note: "Note", tip: "Tip", important: "Important", warning: "Warning", caution: "Caution" },
    contents: "Contents",
    footnote: (number: number) => `Footnote ${number}`,
    backToText: "back to the text",
  },
  showImages: "Show images of other sites",
  showImagesHint: "Until you leave this pad. Those sites then learn your address.",
  tickWaits: "The last changes are not saved yet. Press it again after that.",
};
export type PreviewText = typeof preview;
