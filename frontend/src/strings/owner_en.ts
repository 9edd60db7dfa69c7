/** The words about the owner of a pad, which come with the dialog. */

export const owner = {
  heading: "Owner of this pad",
  nobody: "Nobody owns this pad. Everybody who may write in it may set a password, make links and delete it.",
  takeCharge: "Take charge of this pad",
  taken: "You are the owner of this pad now.",
  takeChargeHint: "You open it whatever its password is, and repair what others do to it. Everybody here is told.",
  other: "This pad has an owner, who can change its password, withdraw links, and delete it. That is not you: to be the owner here too, open the owner link.",
  mine: "You are the owner of this pad: you open it whatever its password is. This browser keeps the proof of that.",
  offline: "There is no connection, so nothing of this can be changed now.",

  link: "Owner link",
  showLink: "Show the owner link",
  linkHint: "Keep it in a safe place: whoever opens it owns this pad, in another browser or when this one has forgotten. Give it to nobody else.",
  copy: "Copy owner link",
  hide: "Hide it",

  pen: "Only I write",
  penHint: "All others can read on, and keep what they have typed.",
  manage: "Only I manage this pad",
  manageHint: "Others can set no password, and make and withdraw no links.",

  takeBack: "Take back what somebody did",
  takeBackIt: "Take back",
  takeBackOf: (name: string) => `Take back what ${name} did`,
  takeBackHint: (since: string) => `All that they did to the text since ${since}. What others wrote stays.`,
  tookBack: (name: string) => `What ${name} did was taken back.`,
  undo: "Undo",
  notNow: "Your own changes are not saved yet. Try it again after that.",
  notWhole: "It is not known exactly any more who did what, so nothing was changed.",

  keep: "Kept without use for, in days",
  keepHint: "It is deleted when nobody has opened it for so long.",
  save: "Save",
  kept: (days: number) => (days === 1 ? "This pad is kept for a day without use." : `This pad is kept for ${days} days without use.`),

  move: "Everybody else out",
  moveHint: "The text goes to a new address that only you know, and everything here ends: this address, its password and its links.",
  moveSure: (title: string) => `Move “${title}” to a new address? Everybody else is out, and this address ends for good.`,
  moveYes: "Move it",

  remove: "Delete this pad",
  removeHint: "Its text, its history, its password and its links are gone for good.",
  removeSure: (title: string, others: number) =>
    `Delete “${title}” for good? Nobody can bring back its text and history${others === 0 ? "" : others === 1 ? ", and somebody is in it now" : `, and ${others} others are in it now`}.`,
  removeYes: "Delete it",
  no: "No",

  failed: "That did not work",
  codes: {
    unreachable: "the server cannot be reached",
    has_owner: "somebody else was quicker, and owns it now",
    owner_only: "only the owner may do that",
    view_only: "you may only read this pad now",
    bad_password: "the password of this pad has become another one. Reload the page",
    bad_keep_days: "this server does not keep pads for so many days",
    forbidden: "the server does not know this connection; reconnect and try again",
    storage_unavailable: "the server cannot reach its database",
    rate_limited: "too many attempts, wait a little",
    gone: "this pad was deleted",
    not_copied: "the new pad could not be made, so everything is as it was",
  } as Record<string, string>,
  otherCode: (code: string) => `the server answered “${code}”`,
};

export type OwnerText = typeof owner;
