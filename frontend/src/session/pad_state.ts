/**
 * The state of a pad besides its text: who is in it and where, its language, its
 * password, what we may do, and whether the server can write. The server tells each of these as
 * state: what it said last holds.
 */

import { signal } from "@preact/signals";
import { log } from "../browser";
import type { Sync } from "../sync";
import { type ClientMessage, type Rights, type Role, type ServerMessage, SYSTEM_USER, type User, type UserInfo, type Welcome } from "../wire";
import { Access } from "./access";
import { CommentFeed } from "./comment_feed";
import type { Environment } from "./environment";
import { Identity, isMadeUp, isNear } from "./identity";
import { Notices } from "./notices";
import type { Person } from "./people";
import type { RightsNotice } from "./types";
import { Presence } from "./presence";
import { Protection, type Requester } from "./protection";

/** A pad, and the tab that is in it. */
export interface PadPlace {
  base: string;
  padId: string;
  token: string;
  otp: string | null;
  /** The owner's token that the address has; null: none. */
  owner: string | null;
}

export class PadState {
  /** Our id among the people; -1 before the first Welcome. */
  readonly userId = signal(-1);
  /** null: the pad has none. */
  readonly language = signal<string | null>(null);
  /** False while the server cannot write. */
  readonly isStorageWritable = signal(true);
  readonly me: Identity;
  readonly notices = new Notices();
  readonly presence: Presence;
  readonly protection: Protection;
  readonly access: Access;
  /** What becomes of the comments. */
  readonly comments: CommentFeed;
  /** This tab as requests over HTTP name it. */
  readonly asker: () => Requester;
  /** Ourselves among the people. */
  readonly #me: () => Person;
  /** True where the server was not told our name, since it is made up and we may only be reading. */
  #isNameless = false;
  /** True where nobody had written in the pad yet when we came. */
  #wasEmpty = true;
  /** A language that was chosen without a connection: it is sent on the next. */
  #languageToSend: string | null = null;

  constructor(
    sync: Sync,
    { base, padId, token, otp, owner }: PadPlace,
    /** Sends a message; false when there is no connection to say it on. */
    private readonly send: (message: ClientMessage) => boolean,
    environment: Environment,
  ) {
    const { userId, notices } = this;
    const me = new Identity(environment);
    this.me = me;
    this.access = new Access(padId, owner, environment.storage);
    this.comments = new CommentFeed(sync);
    sync.witnesses.add(this.comments);
    const { role } = this.access;
    const person = () => ({ id: userId.value, ...me.shown.value, ...(role.value === "view" && { view: true }) });
    this.#me = person;
    this.presence = new Presence(sync, person, (notice) => notices.tell(notice), environment.clock);
    this.asker = () => ({ user_id: userId.value, user_name: me.shown.value.name, client: token });
    this.protection = new Protection(base, padId, otp, this.asker, () => this.access.owner.value, environment.fetch);
  }

  /** Takes another name and colour, and tells the others. */
  setIdentity(name: string, hue: number): void {
    this.me.set(name, hue);
    this.#introduce();
  }

  /** Chooses the language for everybody, now or with the next connection. */
  setLanguage(language: string): void {
    this.language.value = language;
    if (!this.send({ SetLanguage: language })) this.#languageToSend = language;
  }

  /** The server's answer to our Hello, before any other message. */
  welcomed(welcome: Welcome): void {
    const { user_id: userId, otp, language } = welcome;
    this.#wasEmpty = welcome.revision === 0;
    this.userId.value = userId;
    this.protection.hear(otp);
    this.access.welcomed(welcome);
    if (this.access.isOwnerLinkWrong) this.notices.tell({ kind: "rights", right: "not_owned", by: null, mine: false });
    this.language.value = this.#languageToSend ?? language;
    this.isStorageWritable.value = true;
  }

  /** We may speak from now on: sends what was chosen meanwhile. */
  joined(): void {
    if (this.#languageToSend !== null) this.send({ SetLanguage: this.#languageToSend });
    this.#languageToSend = null;
    this.#introduceWriter();
  }

  /** Takes in a message that is not about the text. */
  hear(message: ServerMessage): void {
    switch (message.type) {
      case "Users":
        return this.#usersAre(message.users);
      case "UserInfo":
        return this.presence.person(message.id, message.info);
      case "UserCursor":
        return this.presence.caret(message.id, message.data);
      case "Language":
        return this.#languageIs(message.language, message.user_id, message.user_name);
      case "OTP":
        return this.#otpIs(message.otp, message.user_id, message.user_name);
      case "Storage":
        this.isStorageWritable.value = message.writable;
        return;
      case "Access":
        this.access.comments.value = message.comments;
        return this.#roleIs(message.role);
      case "Owner":
        return this.access.own(message.token);
      case "Rights":
        return this.#rightsAre(message.rights, message.user_id, message.user_name);
      case "Past": // there are no words for a change that is not known here
        return this.#tellOf(message.change as RightsNotice["right"], message.user_id, message.user_name, message.at);
      case "Unknown":
        return this.comments.hear(message.name, message.body);
      default:
        log.debug("message ignored:", message);
    }
  }

  /** The name and the colour to come with. Readers are counted; only those who gave a name are named. */
  get introduction(): UserInfo {
    const { name, hue } = this.me.shown.value;
    this.#isNameless = this.access.isByLink && this.access.role.value === "view" && isMadeUp(name);
    return { name: this.#isNameless ? "" : name, hue };
  }

  #introduce(): void {
    this.#isNameless = false;
    this.send({ ClientInfo: this.me.shown.value });
    if (this.userId.value >= 0) this.presence.people.set(this.userId.value, this.#me());
  }

  /** Whoever writes is known by name. */
  #introduceWriter(): void {
    if (this.#isNameless && this.access.role.value !== "view") this.#introduce();
  }

  #usersAre(users: User[]): void {
    this.presence.users(users);
    const others = users.filter(({ id, view }) => id !== this.userId.value && !view);
    const before = this.me.shown.value;
    // Of two who have one colour, the one who came last gives way; one's own other tabs are oneself.
    const strangers = others.filter(({ name, hue }) => !this.me.is({ name, hue }));
    const isMine = strangers.some(({ id, hue }) => id < this.userId.value && isNear(hue, before.hue));
    const isExchanged = this.me.meet(strangers.map(({ hue }) => hue), isMine);
    if (this.me.shown.value !== before) this.#introduce();
    if (isExchanged) this.notices.tell({ kind: "recoloured" });
  }

  #roleIs(role: Role): void {
    const before = this.access.role.value;
    this.access.role.value = role;
    this.#introduceWriter();
    if ((before === "view") === (role === "view")) return;
    this.notices.tell({ kind: "rights", right: role === "view" ? "view_only" : "editable", by: null, mine: false });
  }

  #rightsAre(rights: Rights, userId: number, by: string): void {
    const before = this.access.rights.value;
    this.access.rights.value = rights;
    const tell = (right: RightsNotice["right"]) => this.#tellOf(right, userId, by);
    // Whoever begins a pad owns it: that is no news to those who were there before there was a text.
    if (rights.owner && !before.owner && !(this.#wasEmpty && userId === SYSTEM_USER)) tell("owned");
    if (rights.write !== before.write) tell(rights.write === "owner" ? "penned" : "unpenned");
  }

  #tellOf(right: RightsNotice["right"], userId: number, by: string, at: number | null = null): void {
    this.notices.tell({ kind: "rights", right, by: userId === SYSTEM_USER ? null : by, mine: userId === this.userId.value, at });
  }

  #languageIs(language: string, userId: number, by: string): void {
    const mine = userId === this.userId.value;
    this.language.value = language;
    this.notices.tell({ kind: "language", language, by, mine });
  }

  #otpIs(otp: string | null, userId: number, by: string): void {
    this.protection.hear(otp);
    if (userId === SYSTEM_USER) return; // told to whoever may know it from now on: it was so before
    const mine = userId === this.userId.value;
    this.notices.tell({ kind: otp === null ? "unprotected" : "protected", by, mine });
  }
}
