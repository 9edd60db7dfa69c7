/** What is said of changes that an earlier visit could not send. */
export const recoveredDraft = {
  heading: "Changes from an earlier visit",
  explain: (n: number, when: string) =>
    `${n === 1 ? "1 change" : `${n} changes`} you made to this pad on ${when} never reached the server. They were kept in this browser.`,
  show: "Look at the text",
  text: "The text with these changes",
  send: "Open the pad and send them",
  discard: "Discard them",
  copy: "Copy my text",
};

export type RecoveredDraftText = typeof recoveredDraft;
