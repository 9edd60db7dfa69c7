/**
 * The links of a pad, its owner, and how long it is kept: the HTTP side of that, for those who may write in the pad.
 * Every function rejects with a RightsError. The tokens that the server tells are kept in this browser's keyring before
 * anything else is done with them, since it tells each once.
 */

import { type Keyring, keyring } from "../browser";
import type { Session } from "../session";
import { type Fetch, PadRequests, type Requesting, RightsError } from "./requests";

/** A link as everybody who may write in the pad sees it. Times are seconds since 1970. */
export interface PadLink {
  /** Names the link, and opens nothing. */
  readonly id: string;
  readonly role: "view" | "edit";
  readonly name: string;
  readonly created_at: number;
  /** null: it does not end. */
  readonly expires_at: number | null;
  /** null: nobody has come by it. */
  readonly last_used_at: number | null;
}

/** A link that is to be made. */
export type WantedLink = Pick<PadLink, "expires_at" | "name" | "role"> & {
  /** True: whoever comes by it may see the history of the text. */
  readonly history: boolean;
  /** True: they may comment on the text. */
  readonly comments: boolean;
};

/** What is to be otherwise. */
export type RightsChange = { manage: "owner" | "editors" } | { write: "owner" | "editors" } | { keep_days: number };

/** Of which pad, who asks, and by what right. */
export type Asking = Requesting & Pick<Session, "asker"> & { access: Pick<Session["access"], "own"> };

export class PadRights {
  readonly #requests: PadRequests;

  constructor(
    private readonly asking: Asking,
    base: string,
    fetch?: Fetch,
    private readonly keys: Keyring = keyring,
  ) {
    this.#requests = new PadRequests(asking, base, fetch);
  }

  /** All links of the pad; the newest first. */
  async links(): Promise<PadLink[]> {
    const links = await this.#requests.answer<PadLink[]>("GET", "/links");
    return links.toSorted((a, b) => b.created_at - a.created_at);
  }

  /** Makes a link, and keeps its token. */
  async makeLink(wanted: WantedLink): Promise<PadLink & { token: string }> {
    const link = await this.#requests.answer<PadLink & { token: string }>("POST", "/links", wanted);
    this.keys.keepLink(this.asking.padId, link.id, link.token);
    return link;
  }

  /** Ends a link: whoever has come by it is out at once. One that is gone already counts as done. */
  async withdraw(linkId: string): Promise<void> {
    try {
      await this.#requests.request("DELETE", `/links/${encodeURIComponent(linkId)}`);
    } catch (error) {
      if (!(error instanceof RightsError && error.code === "not_found")) throw error;
    }
    this.keys.keepLink(this.asking.padId, linkId, null);
  }

  /** The token of a link that was made in this browser; null: it was made elsewhere. */
  tokenOf(linkId: string): string | null {
    return this.keys.linksOf(this.asking.padId)[linkId] ?? null;
  }

  /** Makes this browser the owner of a pad that has none. */
  async takeCharge(): Promise<void> {
    const { token } = await this.#requests.answer<{ token: string }>("POST", "/owner", this.asking.asker());
    this.asking.access.own(token);
  }

  /** Changes who decides about the pad, or how long it is kept without use. */
  async change(change: RightsChange): Promise<void> {
    await this.#requests.request("PATCH", "", { ...change, ...this.asking.asker() });
  }

  /** Deletes the pad for good: for everybody, with all that belongs to it. */
  async remove(): Promise<void> {
    await this.#requests.request("DELETE", "");
    this.keys.forget(this.asking.padId);
  }
}
