/** The history of a text: when who typed, and the texts that stood there. */
export const history = {
  list: "When the text was changed",
  loading: "Loading…",
  empty: "Nothing is kept yet. What is typed is listed here a moment later.",
  older: "Older",
  somebody: "Somebody",
  now: "Back to the text of now",
  /** Why there is no list. */
  problems: {
    off: "No history is kept of this pad.",
    unreachable: "There is no connection. The list comes when there is one.",
    view_only: "The history is for those who may write in this pad.",
    by_link: "This link shows no history. Whoever gave it to you can make one that does.",
  } as Record<string, string>,
  otherProblem: "The history could not be loaded. Try again later.",
  again: "Try again",
  inserted: (n: number) => `+${n.toLocaleString("en")}`,
  deleted: (n: number) => `−${n.toLocaleString("en")}`,
  /** A sitting, for those who hear it. */
  spoken: (time: string, who: string, inserted: number, deleted: number) =>
    `${time}, ${who}, ${[
      inserted > 0 || deleted === 0 ? `${characters(inserted)} added` : "",
      deleted > 0 ? `${characters(deleted)} removed` : "",
    ]
      .filter(Boolean)
      .join(", ")}`,

  view: "Text of before",
  textOf: (time: string) => `Text of ${time}`,
  place: "Moment",
  placeHint: "Arrow keys go from one to the next, with Shift one change at a time",
  since: (n: number) => (n === 1 ? "1 change since" : `${n.toLocaleString("en")} changes since`),
  bringBack: "Bring back",
  copy: "Copy",
  download: "Download",
  close: "Close",
  /** Why a text cannot be shown. */
  textProblems: {
    gone: "This text is not kept any more: of what is long ago only some texts are. Choose another moment.",
    unreachable: "There is no connection. Choose the moment again when there is one.",
    view_only: "The history is for those who may write in this pad.",
  } as Record<string, string>,
  otherTextProblem: "This text could not be loaded. Try again later.",
  nearest: "Show the nearest text",
  isBack: (time: string) => `The text of ${time} is back`,
  isSame: "That is the text as it is now.",
  notNow: "The text cannot be changed now.",
  undo: "Undo",

  copyLink: "Copy link to this moment",
  newPad: "Make a new pad of it",
  makingPad: "Making it…",
  newPadFailed: "The new pad could not be made. Try again when there is a connection.",

  compare: "Compare with now",
  nowText: "Text of now",
  differences: (n: number) => (n === 0 ? "No differences" : n === 1 ? "1 difference" : `${n.toLocaleString("en")} differences`),
  nextDifference: "Next difference",
  previousDifference: "Previous difference",
  tooLarge: "These texts are too large to be compared here.",

  play: "Play",
  pause: "Pause",
  speed: "Speed",
  times: (n: number) => `${n}×`,
  waiting: "Waiting for the server…",

  /** What is kept, and who can end that. */
  keeping: {
    /** `days`: 0: as long as the pad; null: it is not known. */
    heading: (days: number | null, isKept: boolean) =>
      !isKept ? "Nothing is kept" : days === null ? "What is kept" : days === 0 ? "Kept as long as the pad" : days === 1 ? "Kept for a day" : `Kept for ${days} days`,
    what: "Everything that is typed here, with time and name, also what was deleted again. Whoever may write in this pad can see it.",
    purge: "Delete the history…",
    purgeSure: (title: string) =>
      `Delete the history of “${title}” for everybody? The text stays as it is, but no earlier one can be brought back by anybody.`,
    purgeYes: "Delete it for everybody",
    off: "Keep no history of this pad…",
    offSure: (title: string) =>
      `Keep no history of “${title}” from now on, and delete what is there, for everybody? The text stays, but no earlier one can be brought back by anybody.`,
    offYes: "Delete it, and keep none",
    no: "Keep it",
    on: "Keep a history from now on",
    purged: "The history is deleted",
    isOff: "No history is kept of this pad any more",
    isOn: "The history is kept from now on",
    failures: {
      unreachable: "There is no connection. Nothing was changed.",
      owner_only: "Only the owner of this pad can do that.",
      view_only: "You may only read this pad.",
    } as Record<string, string>,
    otherFailure: "That did not work. Try again later.",
  },

  /** Who wrote which part of the text. */
  authors: {
    label: "Who wrote this",
    loading: "Loading…",
    list: "Who wrote this text",
    you: "you",
    unknown: "Nobody knows who",
    hint: "Point at the text to see the name.",
    problems: {
      gone: "Nobody knows: no history is kept of this pad.",
      not_found: "There is no text yet.",
      view_only: "Who wrote what is for those who may write in this pad.",
      unreachable: "There is no connection. Try again when there is one.",
    } as Record<string, string>,
    otherProblem: "That could not be loaded. Try again later.",
  },
};
export type HistoryText = typeof history;

function characters(n: number): string {
  return n === 1 ? "1 character" : `${n.toLocaleString("en")} characters`;
}
