/** What is said of a text that the server did not take, or that stands nowhere else. */
export const trouble = {
  refusal: {
    heading: "The server did not take your last change",
    headingOfReader: "Your last words were not taken",
    why: {
      document_too_large: (limit: string) =>
        `The pad would be larger than the ${limit} this server allows. Shorten the text, and it is sent by itself.`,
      message_too_large: () => "It was too much at once. Copy your text, undo that change, and make it in smaller pieces.",
      rate_limited: () => "Too many changes at once. It is sent again in a moment.",
      storage_unavailable: () => "The server cannot reach its database. It is sent again in a moment.",
      no_memory: () => "The server has no memory left for it. It is sent again in a moment.",
      bad_text: () => "It holds something that is not text to the server.",
      bad_message: () => "The server did not understand it. Copy your text and reload the page.",
      view_only: () => "This pad can only be read now, by you at least. It is sent by itself as soon as you may write again.",
    } as Record<string, (limit: string) => string>,
    otherwise: (message: string, code: string) => message || `The server answered “${code}”.`,
    someLimit: "size",
    undo: "Undo that change",
  },

  password: {
    heading: "This pad is protected",
    explain: "Ask someone who has it for the link with the password, or type the password here.",
    label: "Password",
    open: "Open the pad",
    wrong: "That password was not accepted.",
  },

  unmerged: {
    why: {
      set_back: {
        heading: "The server came back with an older text",
        explain: "The pad had expired, was deleted, or the server was restored from a backup. What stood here before is kept for you.",
      },
      elsewhere: {
        heading: "What stood here went on in another tab",
        explain: "It may not all have got there, so the text is kept for you.",
      },
      unsent: {
        heading: "The server did not take what an earlier visit left",
        explain: "The text as it stood there is kept for you. Copy from it what you need.",
      },
      broken: {
        heading: "This page had to take a fresh copy of the pad",
        explain: "Something went wrong with its own. What stood here before is kept for you.",
      },
    },
    restore: "Put my text back",
    taken: "Somebody else changed the text at the same time. Look at it before you put yours back.",
    discard: "Discard it",
  },
};

export type TroubleText = typeof trouble;
