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
    by_link: "Who comes by a link does not see the history here.",
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
};
export type HistoryText = typeof history;

function characters(n: number): string {
  return n === 1 ? "1 character" : `${n.toLocaleString("en")} characters`;
}
