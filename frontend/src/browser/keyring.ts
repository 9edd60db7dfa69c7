/**
 * The tokens that this browser holds of pads: the owner's, and those of links that were made in it. The server tells each
 * once, and keeps none, so that a token is written down nowhere else unless somebody has copied it.
 */

import { readStored, writeStored } from "./storage";

/** The tokens of one pad. */
interface Keys {
  id: string;
  owner?: string;
  /** Of a pad by a link: the link was one for writing when it was used last. */
  writes?: boolean;
  /** Those of links, by the ids of the links. */
  links?: Record<string, string>;
}

const KEY = "keys";
/** Of so many pads they are kept, those that were used last. */
const MOST = 200;

export class Keyring {
  constructor(private readonly storage: { read(key: string): unknown; write(key: string, value: unknown): void }) {}

  /** The token by which this browser owns the pad; null: it does not. */
  ownerOf(padId: string): string | null {
    return this.#of(padId).owner ?? null;
  }

  /** Keeps the owner's token. */
  keepOwner(padId: string, owner: string): void {
    if (this.ownerOf(padId) !== owner) this.#put({ ...this.#of(padId), owner });
  }

  /** True for a pad by a link that was one for writing when it was used last. */
  mayWrite(padId: string): boolean {
    return this.#of(padId).writes === true;
  }

  /** Keeps whether the link was one for writing. */
  keepMayWrite(padId: string, writes: boolean): void {
    if (this.mayWrite(padId) !== writes) this.#put({ ...this.#of(padId), writes });
  }

  /** The tokens of the pad's links that were made here, by the ids of the links. */
  linksOf(padId: string): Readonly<Record<string, string>> {
    return this.#of(padId).links ?? {};
  }

  /** Keeps the token of a link; null: it is not needed any more. */
  keepLink(padId: string, linkId: string, token: string | null): void {
    const { [linkId]: _, ...others } = this.linksOf(padId);
    this.#put({ ...this.#of(padId), links: token === null ? others : { ...others, [linkId]: token } });
  }

  /** Lets go of all tokens of that pad. */
  forget(padId: string): void {
    const others = this.#others(padId);
    if (others.length < this.#all().length) this.storage.write(KEY, others);
  }

  #of(padId: string): Keys {
    return this.#all().find(({ id }) => id === padId) ?? { id: padId };
  }

  #others(padId: string): Keys[] {
    return this.#all().filter(({ id }) => id !== padId);
  }

  /** Read anew each time: other tabs write the same. */
  #all(): Keys[] {
    const kept = this.storage.read(KEY);
    return Array.isArray(kept) ? kept.filter((it: Partial<Keys> | null) => typeof it?.id === "string") : [];
  }

  #put(keys: Keys): void {
    this.storage.write(KEY, [keys, ...this.#others(keys.id)].slice(0, MOST));
  }
}

/** That of this browser. */
export const keyring = new Keyring({ read: readStored, write: writeStored });
