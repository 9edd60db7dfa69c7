/** What this tab may do in the pad, and who decides about the pad, as the server said last; and the owner's token as far
 * as this browser has it. */

import { computed, type Signal, signal } from "@preact/signals";
import { Keyring } from "../browser";
import type { CommentsRight, Rights, Role, Welcome } from "../wire";
import { linkOf } from "./address";
import type { Environment } from "./environment";

/** Those of a pad of which the server says nothing. */
const USUAL: Rights = { owner: false, manage: "editors", write: "editors" };

export class Access {
  /** Before the server has spoken, a pad by its id may be written in; one by a link as when it was used last. */
  readonly role: Signal<Role>;
  /** True for somebody who may only read the pad, now. */
  readonly isReader = computed(() => this.role.value === "view");
  readonly rights = signal(USUAL);
  /** What we may do with comments; null: nothing, or the server has not spoken. */
  readonly comments = signal<CommentsRight | null>(null);
  /** The token that this tab connects with as the owner; null: it has none. */
  readonly owner: Signal<string | null>;
  readonly #keyring: Keyring;

  /** True where the address had a token that is not the owner's. */
  isOwnerLinkWrong = false;

  /** `owner`: the token that the address has; null: it has none. */
  constructor(
    private readonly padId: string,
    owner: string | null,
    storage: Environment["storage"],
  ) {
    this.#keyring = new Keyring(storage);
    this.role = signal(!this.isByLink || this.#keyring.mayWrite(padId) ? "edit" : "view");
    this.owner = signal(owner ?? this.#keyring.ownerOf(padId));
  }

  /** True where a link leads to the pad, and not its id. */
  get isByLink(): boolean {
    return linkOf(this.padId) !== null;
  }

  /** The server's answer to our Hello, with a token for whoever has become the owner and was not told. A token that made
   * us the owner is one to keep. */
  welcomed({ access: role, rights = USUAL, comments, owner: token }: Pick<Welcome, "access" | "comments" | "owner" | "rights">): void {
    this.rights.value = rights;
    this.comments.value = comments;
    this.role.value = role;
    if (this.isByLink) this.#keyring.keepMayWrite(this.padId, role !== "view");
    const owner = token ?? this.owner.peek();
    const known = this.#keyring.ownerOf(this.padId);
    if (role === "own" && owner !== null) return this.own(owner);
    this.isOwnerLinkWrong = owner !== null && owner !== known;
    this.owner.value = known; // if it is the right one, that is for the next connection to say
  }

  /** This tab owns the pad, by that token. */
  own(token: string): void {
    this.#keyring.keepOwner(this.padId, token);
    this.owner.value = token;
    this.role.value = "own";
  }
}
