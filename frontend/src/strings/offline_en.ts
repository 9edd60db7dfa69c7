/** What is said of a text that was kept, where the server cannot be asked for its own. */
export const offline = {
  heading: "No connection",
  explain: (when: string) =>
    `This is the text as of ${when}. What you type is kept here and sent when the connection is back.`,
};
export type OfflineText = typeof offline;
