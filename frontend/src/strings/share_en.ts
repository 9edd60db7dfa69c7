/** The words of the share dialog, which is loaded when it is opened. */

export const share = {
  heading: "Share this pad",
  ways: { link: "Link", code: "QR code", embed: "Embed" },
  link: "Link to this pad",
  copyLink: "Copy link",
  withApp: "Share with an app…",
  hint: "Everyone with this link can read and write.",
  hintProtected: "Everyone with this link can read and write: it carries the password.",
  hintReader: "Everyone with this link can read, until it is withdrawn.",
  hintHeld: "Everyone with this link can read; only the owner of this pad writes now.",
  embedHintReader: "Shows the text in a frame of that page.",
  owner: {
    heading: "Owner",
    mine: "You are the owner of this pad.",
    nobody: "Nobody owns this pad.",
    other: "This pad has an owner.",
    manage: "Manage…",
    more: "More…",
  },
  codeLabel: "The link to this pad as a QR code",
  codeMissing: "The QR code could not be loaded.",
  codeHint: "Point a camera at it.",
  fullScreen: "Full screen",
  embedCode: "Code for another page",
  embedHint: "Shows the text in a frame of that page. Whoever opens the page can write here.",
  copyCode: "Copy code",

  password: {
    heading: "Protection",
    label: "Password protection",
    on: "Only people with the password get in. This browser remembers it until you forget the pad.",
    off: "Anyone who knows the address gets in.",
    password: "Password",
    show: "Show",
    hide: "Hide",
    copy: "Copy password",
    renew: "New password",
    renewed: "There is a new password. Links with the old one no longer work.",
    failed: "The password could not be changed",
    codes: {
      unreachable: "the server cannot be reached",
      forbidden: "the server does not know this connection; reconnect and try again",
      bad_password: "the current password is not the right one",
      rate_limited: "too many attempts, wait a little",
      storage_unavailable: "the server cannot reach its database",
    } as Record<string, string>,
    otherCode: (code: string) => `the server answered “${code}”`,
  },
};

export type ShareText = typeof share;
