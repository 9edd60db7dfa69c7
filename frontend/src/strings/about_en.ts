/** The texts of the dialog about the page, which is loaded when it is opened. */
export interface AboutText {
  text: string;
  /** The keys, what they do, and the keys on a Mac. */
  keys: [string, string, string][];
}

export const about: AboutText = {
  text: "A shared text pad that people run themselves: open a link, type, everyone sees it.",
  keys: [
    ["Escape, then Tab", "leave the editor", "Escape, then Tab"],
    ["Ctrl+F", "search", "⌘F"],
    ["Ctrl+H", "replace in the text", "⌥⌘F"],
    ["Ctrl+Z / Ctrl+Y", "undo and redo what you did", "⌘Z / ⇧⌘Z"],
    ["Alt+G, Ctrl+Alt+G", "go to line", "⌥⌘G"],
    ["Ctrl+D", "select the next match too", "⌘D"],
    ["Ctrl+[ / Ctrl+]", "indent less or more", "⌘[ / ⌘]"],
    ["Ctrl+Shift+[ / ]", "fold and unfold", "⌥⌘[ / ]"],
    ["Ctrl+B / I / K", "bold, italic, a link, in Markdown", "⌘B / I / K"],
    ["Ctrl+S", "download the text", "⌘S"],
    ["Ctrl+Click, Alt+Drag", "more carets", "⌘ Click, ⌥ Drag"],
    ["Ctrl+Space", "complete", "⌃ Space"],
  ],
};
