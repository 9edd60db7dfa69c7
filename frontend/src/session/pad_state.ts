/**
 * The state of a pad besides its text: who is in it and where, its language, its
 * password, and whether the server can write. The server tells each of these as
 * state: what it said last holds.
 */

import { signal } from "@preact/signals";
import { log } from "../browser";
import type { Sync } from "../sync";
import type { ClientMessage, ServerMessage, User, Welcome } from "../wire";
import type { Environment } from "./environment";
import { Identity, isNear } from "./identity";
import { Notices } from "./notices";
import { Presence } from "./presence";
import { Protection } from "./protection";

/** A pad, and the tab that is in it. */
export interface PadPlace {
  base: string;
  padId: string;
  token: string;
  otp: string | null;
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
  /** A language that was chosen without a connection: it is sent on the next. */
  #languageToSend: string | null = null;

  constructor(
    sync: Sync,
    { base, padId, token, otp }: PadPlace,
    /** Sends a message; false when there is no connection to say it on. */
    private readonly send: (message: ClientMessage) => boolean,
    environment: Environment,
  ) {
    const { userId, notices } = this;
    const me = new Identity(environment);
    this.me = me;
    const person = () => ({ id: userId.value, ...me.shown.value });
    this.presence = new Presence(sync, person, (notice) => notices.tell(notice), environment.clock);
    const requester = () => ({ user_id: userId.value, user_name: me.shown.value.name, client: token });
    this.protection = new Protection(base, padId, otp, requester, environment.fetch);
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
  welcomed({ user_id: userId, otp, language }: Welcome): void {
    this.userId.value = userId;
    this.protection.hear(otp);
    this.language.value = this.#languageToSend ?? language;
    this.isStorageWritable.value = true;
  }

  /** We may speak from now on: sends what was chosen meanwhile. */
  joined(): void {
    if (this.#languageToSend !== null) this.send({ SetLanguage: this.#languageToSend });
    this.#languageToSend = null;
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
      default:
        log.debug("message ignored:", message);
    }
  }

  #introduce(): void {
    const identity = this.me.shown.value;
    this.send({ ClientInfo: identity });
    if (this.userId.value >= 0) this.presence.people.set(this.userId.value, identity);
  }

  #usersAre(users: User[]): void {
    this.presence.users(users);
    const others = users.filter(({ id }) => id !== this.userId.value);
    const before = this.me.shown.value;
    // Of two who have one colour, the one who came last gives way; one's own other tabs are oneself.
    const strangers = others.filter(({ name, hue }) => !this.me.is({ name, hue }));
    const isMine = strangers.some(({ id, hue }) => id < this.userId.value && isNear(hue, before.hue));
    const isExchanged = this.me.meet(strangers.map(({ hue }) => hue), isMine);
    if (this.me.shown.value !== before) this.#introduce();
    if (isExchanged) this.notices.tell({ kind: "recoloured" });
  }

  #languageIs(language: string, userId: number, by: string): void {
    const mine = userId === this.userId.value;
    this.language.value = language;
    this.notices.tell({ kind: "language", language, by, mine });
  }

  #otpIs(otp: string | null, userId: number, by: string): void {
    this.protection.hear(otp);
    const mine = userId === this.userId.value;
    this.notices.tell({ kind: otp === null ? "unprotected" : "protected", by, mine });
  }
}
