/** The texts of the dialog about the page, which is loaded when it is opened. */
export interface AboutText {
  text: string;
  /** The keys that are no action's, what they do, and the keys on a Mac. */
  keys: [string, string, string][];
}

export const about: AboutText = {
  text: "A shared text pad that people run themselves: open a link, type, everyone sees it.",
  keys: [
    ["F1, Ctrl+K", "everything that can be done, by typing", "F1, ⌘K"],
    ["Ctrl+K", "a link, with a selection in Markdown", "⌘K"],
    ["F6 / Shift+F6", "to the next part of the page, or back", "F6 / ⇧F6"],
    ["Escape, then Tab", "leave the editor", "Escape, then Tab"],
    ["Ctrl+Click, Alt+Drag", "more carets", "⌘ Click, ⌥ Drag"],
  ],
};
