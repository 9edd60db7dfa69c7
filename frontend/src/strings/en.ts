import type { AboutText } from "./about_en";
import type { ActionText } from "./actions_en";
import type { EndedText } from "./ended_en";
import type { ImagesText } from "./images_en";
import type { HistoryText } from "./history_en";
import type { FindText } from "./find_en";
import type { LinksText } from "./links_en";
import type { OfflineText } from "./offline_en";
import type { FrameText } from "./frame_en";
import type { OwnerText } from "./owner_en";
import type { PeopleText } from "./people_en";
import type { PreviewText } from "./preview_en";
import type { RecoveredDraftText } from "./recovered_draft_en";
import type { RefusedPadText } from "./refused_pad_en";
import type { RightsNewsText } from "./rights_news_en";
import type { ShareText } from "./share_en";
import type { StartText } from "./start_en";
import type { SettingsText } from "./settings_en";
import type { OutlineText } from "./outline_en";
/** Every word the page says, in English. Another language is another module of
 * this shape. Keys with arguments are functions, so that grammar stays here. */

export const en = {
  /** For dates, numbers and the page's lang attribute. */
  locale: "en",
  /** The direction in which it is written. */
  dir: "ltr" as "ltr" | "rtl",
  appName: "Kolabpad",
  close: "Close",
  cancel: "Cancel",
  copied: "Copied",
  copyFailed: "Select the text and copy it by hand",
  leave: "Some of your text is only here yet. Leave this pad all the same?",

  editor: {
    nothingIn: {
      paste: "Nothing was pasted: there is no text in the clipboard, and pads hold text only.",
      drop: "Nothing was added: there is no text in what you dropped, and pads hold text only.",
      cut: "Nothing was cut: the browser gives no access to the clipboard.",
    },
    /** Said to who saves by a command of Vim. */
    saving: {
      now: "This text is saved as you type.",
      kept: "Some changes are only here yet. They are sent by themselves as soon as the server can be reached.",
      leave: "To leave, close the tab.",
    },
    label: "Shared text. Press Escape and then Tab to leave the editor.",
    loading: "Loading…",
    commandLine: "Vim command",
    uncoloured: "This line is too long to be coloured.",
    find: async (): Promise<FindText> => (await import("./find_en")).find,
    empty: "Type here. Everyone with the link sees it at once.",
    emptyToRead: "Nothing is written here yet.",
  },

  /** CodeMirror's own words, where they are not these. */
  phrases: { go: "Go" } as Record<string, string>,

  status: {
    heading: "Connection",
    connecting: "Connecting…",
    connected: "Saved",
    reading: "Reading",
    saving: (n: number) => `Saving ${changes(n)}…`,
    reconnectingIn: (seconds: number) => `Reconnecting in ${seconds} s`,
    reconnecting: "Reconnecting…",
    offline: "You are offline",
    kept: (n: number) => `${changes(n)} kept here, sent when the connection is back`,
    keptBrief: (n: number) => `${changes(n)} kept here`,
    storage: "The server cannot save right now",
    storageKept: (n: number) => `${changes(n)} kept here until it can; the others do not see ${n === 1 ? "it" : "them"} yet.`,
    storageHint: "Keep this page open or copy your text.",
    refused: "A change was refused",
    password: "This pad needs a password",
    linkEnded: "This link has ended",
    outOfStep: "Getting a fresh copy…",
    retryNow: "Retry now",
    reason: {
      unreachable: "The server cannot be reached.",
      unanswered: "The server was reached but does not answer yet.",
      restarting: "The server is restarting.",
      overloaded: "The server is busy.",
      slow: "This page took too long to take in what the others write.",
      message_too_large: "The last message was too large for the server.",
      bad_message: "The server did not understand this page. Reload it.",
      password: "The password is missing or wrong.",
      forbidden: "The server does not let this page in.",
      idle: "The connection was idle for too long.",
      out_of_step: "This copy and the server's differ. Your changes are kept.",
      gone: "This pad was deleted or has expired. Your text is still here.",
      rate_limited: "Too many requests. Waiting a little.",
      server_error: "The server made a mistake.",
      replaced: "This pad goes on in another tab. Reload to have it here too.",
    },
  },

  share: {
    heading: "Share",
    more: async (): Promise<ShareText> => (await import("./share_en")).share,
    links: async (): Promise<LinksText> => (await import("./links_en")).links,
    owner: async (): Promise<OwnerText> => (await import("./owner_en")).owner,
  },

  language: {
    heading: "Language",
    plain: "Plain text",
    nothing: "No such language",
    looksLike: (language: string) => `This looks like ${language}.`,
    use: "Use it",
  },

  preview: {
    mode: "How Markdown is shown",
    modes: { edit: "Edit", both: "Both", read: "Read" },
    tooLong: "This text is too long for a preview.",
    notLoaded: "The preview could not be loaded.",
    more: async (): Promise<PreviewText> => (await import("./preview_en")).preview,
  },

  start: {
    /** What index.html says as well, until the code has come. */
    explain: "A shared text: everyone with the link sees what is typed, as it is typed. No account, saved by itself.",
    emptied: (title: string) => `“${title}” is empty now. It was emptied, deleted, or it has expired.`,
    taken: "Somebody else was quicker. The text was not added.",
    more: async (): Promise<StartText> => (await import("./start_en")).start,
  },

  embed: { open: "Open in Kolabpad" },

  /** What a pad is called that was opened by a link and has no text to be called by. */
  linked: "Shared pad",
  skip: "Skip to the text",
  frame: {
    menu: "Pad menu",
    more: async (): Promise<FrameText> => (await import("./frame_en")).frame,
  },

  refusedPad: async (): Promise<RefusedPadText> => (await import("./refused_pad_en")).refusedPad,

  people: { more: async (): Promise<PeopleText> => (await import("./people_en")).people },

  text: {
    heading: "Text",
    undo: "Undo",
  },

  settings: async (): Promise<SettingsText> => (await import("./settings_en")).settings,

  recent: {
    heading: "Recent pads",
    forget: (title: string) => `Forget ${title}`,
    protected: "with a password",
  },

  refusal: {
    kept: (n: number) =>
      n === 1
        ? "It is still in your text here, but the others do not see it."
        : `It is still in your text here, and what came after it waits too: the others do not see ${n} changes.`,
    copy: "Copy my text",
    download: "Download my text",
  },

  recoveredDraft: async (): Promise<RecoveredDraftText> => (await import("./recovered_draft_en")).recoveredDraft,

  notice: {
    trouble: {
      settings: "This browser keeps no settings here, as in a private window. Your name and settings last until you leave.",
      unsent: "This browser cannot keep unsent changes. Leave the page only when all is saved.",
    },
    chunkMissing: "A part of this page could not be loaded. Reload the page once all is saved.",
    dismiss: "Dismiss",
  },

  about: {
    heading: "About",
    page: (sha: string) => `Page: ${sha}`,
    server: (version: string) => `Server: ${version}`,
    newPad: "New pad",
    shortcuts: "Keys",
    more: async (): Promise<AboutText> => (await import("./about_en")).about,
  },

  rightsNews: async (): Promise<RightsNewsText> => (await import("./rights_news_en")).rightsNews,
  images: async (): Promise<ImagesText> => (await import("./images_en")).images,
  history: async (): Promise<HistoryText> => (await import("./history_en")).history,
  ended: async (): Promise<EndedText> => (await import("./ended_en")).ended,
  offline: async (): Promise<OfflineText> => (await import("./offline_en")).offline,

  outline: async (): Promise<OutlineText> => (await import("./outline_en")).outline,
  actions: async (): Promise<ActionText> => (await import("./actions_en")).actions,

  failed: {
    heading: "Kolabpad could not start",
    old: "This browser is too old, or WebAssembly is switched off in it.",
    otherwise: "Something went wrong. Reload the page to try again.",
  },

  bytes: (n: number) => (n >= 1 << 20 ? `${round(n / (1 << 20))} MiB` : `${round(n / 1024)} KiB`),
};

export type Strings = typeof en;

function changes(n: number): string {
  return n === 1 ? "1 change" : `${n} changes`;
}

function round(n: number): string {
  return n.toLocaleString("en", { maximumFractionDigits: 1 });
}
