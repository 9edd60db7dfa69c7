/** The others in the pad and their carets, as Users, UserInfo and UserCursor tell them. */

import type { Clock } from "../clock";
import type { Sync } from "../sync";
import type { CursorData, ShownUser, User } from "../wire";
import { MovedCarets } from "./moved_carets";
import { People, type Person } from "./people";

/** Somebody came or went. */
export interface JoinOrLeave {
  kind: "joined" | "left";
  who: string;
}

export class Presence {
  readonly people: People;
  readonly #moved: MovedCarets;
  /** Who has typed what the editor has not been given yet. */
  #typists = new Set<number>();

  constructor(
    sync: Sync,
    private readonly me: () => Person,
    private readonly tell: (notice: JoinOrLeave) => void,
    clock: Clock,
  ) {
    this.people = new People(clock);
    this.#moved = new MovedCarets(sync);
  }

  /** Everybody, at once. */
  users(users: User[]): void {
    for (const id of this.people.byId.value.keys()) this.#moved.gone(id);
    this.people.replace([this.me(), ...users]);
    for (const user of users) this.caret(user.id, user);
  }

  /** Somebody came, changed or left. */
  person(id: number, info: ShownUser | null): void {
    const known = this.people.nameOf(id);
    const isReader = this.people.byId.peek().get(id)?.view;
    this.people.set(id, info);
    if (info === null) {
      this.#moved.gone(id);
      this.people.activity.gone(id);
    }
    // Readers come and go without a word; they are counted.
    if (id === this.me().id || isReader || info?.view) return;
    if (info && known === null) this.tell({ kind: "joined", who: info.name });
    if (!info && known !== null) this.tell({ kind: "left", who: known });
  }

  /** Somebody's carets are elsewhere now. */
  caret(id: number, carets: CursorData): void {
    if (id !== this.me().id) this.#moved.moved(id, carets);
  }

  /** These users have typed just now: not while we were away, which is no news. Our own edits are none either. */
  typed(ids: Iterable<number>): void {
    for (const id of ids) {
      if (id === this.me().id) continue;
      this.#typists.add(id);
      this.people.activity.typed(id);
    }
  }

  /** Gives those who have typed since it was asked for last. */
  takeTypists(): ReadonlySet<number> {
    const typists = this.#typists;
    this.#typists = new Set();
    return typists;
  }

  /** See MovedCarets.resolve(). */
  resolveCarets(advance: () => void): Map<number, CursorData | null> {
    return this.#moved.resolve(advance);
  }
}
