/** The words for what one can do in a pad, which are loaded when a menu or the palette is opened. */

export const actions = {
  /** The headings of the groups. */
  groups: { file: "File", edit: "Edit", view: "View", go: "Go to", settings: "Settings" },
  /** The actions, by their ids. */
  names: {
    new: "New pad",
    recent: "Recent pads…",
    open: "Open a file…",
    download: "Download text",
    downloadHtml: "Download HTML",
    print: "Print or save as PDF…",
    copy: "Copy text",
    share: "Share…",
    copyLink: "Copy link",
    copyFormatted: "Copy with formatting",
    undo: "Undo",
    redo: "Redo",
    find: "Find",
    replace: "Find and replace",
    selectNext: "Select the next match too",
    comment: "Comment or uncomment lines",
    indentLess: "Indent less",
    indentMore: "Indent more",
    complete: "Complete the word",
    bold: "Bold",
    italic: "Italic",
    heading: "Heading",
    bullet: "List",
    task: "Task",
    link: "Make a link",
    preview: "Preview beside the text",
    people: "People",
    wrap: "Wrap long lines",
    larger: "Larger text",
    smaller: "Smaller text",
    fold: "Fold",
    unfold: "Unfold",
    foldAll: "Fold all",
    unfoldAll: "Unfold all",
    palette: "Everything else…",
    goToLine: "Line…",
    themeSystem: "Appearance: system",
    themeLight: "Appearance: light",
    themeDark: "Appearance: dark",
    vim: "Vim keys",
    tellOfJoins: "Tell me when somebody joins while I look elsewhere",
    keepTexts: "Keep the texts of recent pads for times without a connection",
    settings: "Settings",
    about: "About Kolabpad, keys",
  },
  /** Other words by which some are found. */
  also: {
    download: "save export",
    downloadHtml: "save export",
    print: "paper export",
    copyLink: "share",
    replace: "substitute",
    goToLine: "number jump",
    themeDark: "night colours theme",
    themeLight: "day colours theme",
    themeSystem: "colours theme",
    larger: "font size zoom",
    smaller: "font size zoom",
    tellOfJoins: "notification notify alert",
    keepTexts: "offline privacy store",
    about: "shortcuts help version",
  } as Record<string, string>,
  /** The headings of what the palette finds besides. */
  sections: { pads: "Recent pads", headings: "Headings", people: "People", languages: "Language of the text" },
  palette: {
    label: "What do you want to do?",
    nothing: "Nothing found. Try another word.",
    /** For those who do not see the list. */
    found: (n: number) => (n === 1 ? "1 found" : `${n} found`),
  },
  mayNotTell: "This browser does not let the page tell you. Allow notifications for this site in its settings.",
  /** What keys are called where it is not their sign. */
  keyNames: { Ctrl: "Ctrl", Alt: "Alt", Shift: "Shift", Space: "Space" },
};

export type ActionId = keyof typeof actions.names;
export type ActionText = typeof actions;
