/** The words for a pad that one cannot go on in, which come when that happens. */

export const ended = {
  link: {
    heading: "This link does not open the pad any more",
    explain: "It was withdrawn, or its time is over. Ask whoever gave it to you for another one.",
  },
  gone: {
    heading: "This pad was deleted",
    explain: "Somebody deleted it, or nobody had opened it for too long.",
  },
  textIsHere: "The text as it stood here is still in this tab: copy what you need before you close it.",
  unsent: (n: number) => (n === 1 ? "Your last change never reached the others, and is in it." : `Your last ${n} changes never reached the others, and are in it.`),
  newPad: "Make a new pad of it",
  making: "Making it…",
  failed: "The new pad could not be made. The text is still here.",
};

export type EndedText = typeof ended;
