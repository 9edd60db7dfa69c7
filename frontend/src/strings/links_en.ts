/** The words about the links of a pad, which come with the part of the share dialog that shows them. */

export const links = {
  heading: "Links",
  empty: "A link can be for reading only, can end on a day, and can be withdrawn.",
  ownerOnly: "Only the owner of this pad makes and withdraws links.",
  offline: "There is no connection, so links can be neither made nor withdrawn.",
  loading: "Looking for links…",
  again: "Look again",

  make: "New link",
  role: "Whoever has the link",
  roles: { view: "can read", edit: "can read and write" },
  name: "Name, for you to know it by",
  namePlaceholder: "Class 7b",
  until: "Works",
  /** By the number of hours. */
  ends: { never: "until it is withdrawn", 1: "for an hour", 24: "for a day", 168: "for a week", 720: "for 30 days", day: "until a day…" } as Record<string, string>,
  day: "Last day",
  history: "Show how the text came to be",
  comments: "Let them comment on the text",
  create: "Make the link",

  made: "The link is there. Only this browser can show it again.",
  shown: "The link",
  address: (name: string) => `Link: ${name}`,
  copy: "Copy link",
  code: "QR code",
  codeOf: (name: string) => `The link “${name}” as a QR code`,
  codeMissing: "The QR code could not be loaded.",
  done: "Done",

  list: "Links to this pad",
  nameless: (id: string) => `Link ${id.slice(0, 4)}`,
  madeOn: (date: string) => `made ${date}`,
  usedOn: (date: string) => `last used ${date}`,
  unused: "not used yet",
  endsOn: (date: string) => `works until ${date}`,
  ended: (date: string) => `ended ${date}`,
  show: "Show",
  showOf: (name: string) => `Show “${name}”`,
  withdraw: "Withdraw",
  withdrawOf: (name: string) => `Withdraw “${name}”`,
  sure: (name: string) => `Withdraw “${name}”? Whoever came by it is out at once.`,
  keep: "Keep it",
  withdrawn: (name: string) => `“${name}” was withdrawn.`,

  failed: "That did not work",
  codes: {
    unreachable: "the server cannot be reached",
    too_many_links: "there are 64 links already. Withdraw one first",
    owner_only: "only the owner of this pad may do that",
    view_only: "you may only read this pad now",
    bad_password: "the password of this pad has become another one. Reload the page",
    bad_link: "the last day is over already, or the name is too long",
    storage_unavailable: "the server cannot reach its database",
    rate_limited: "too many attempts, wait a little",
    gone: "this pad was deleted",
  } as Record<string, string>,
  otherCode: (code: string) => `the server answered “${code}”`,
};

export type LinksText = typeof links;
