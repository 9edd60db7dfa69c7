/** The values that go into the sync machine and come out of it. */

import type { Change, Components } from "../kernel";
import type { Author } from "./author";
import type { Offered } from "./offer";
import type { Limits } from "./parts";
import type { SavedPending } from "./pending";

/** What is known of a change of the user besides itself. */
export interface EditDetails {
  /** Set when it was offered to others too: it is taken back when they were quicker. */
  offered?: Offered | undefined;
  /** The same change with all that is being composed with an input method, where it is part of that. */
  composed?: Change | undefined;
}

/** An edit to be sent, made against `revision`. */
export interface Edit {
  revision: number;
  operation: Components;
}

/** A Welcome, as far as the machine needs it. */
export interface Welcome {
  userId: number;
  epoch: string;
  resumed: boolean;
  /** The revision after this tab's last operation that the server holds, or 0. */
  committed: number;
  /** What the server takes; without a word of it, anything. */
  limits?: Limits;
  /** "author" when the server orders inserts by it, too. */
  order?: string | null;
}

/** A committed operation and who made it. */
export interface Entry {
  id: number;
  /** On a connection by author: "text" when its author goes by that. */
  order?: string | null;
  operation: Components;
}

/** Told of all that becomes of the server's text. */
export interface Witness {
  /** That was done to it. */
  entry(entry: Entry): void;
  /** It is that, whatever was done to it. */
  snapshot(text: string): void;
}

/** The reason for which the server did not apply the edit in flight: its code, its words,
 * and the limit that was passed, if it is one. */
export interface Refusal {
  code: string;
  message: string;
  limit: number | null;
}

/** A copy with its unsent changes, written down: enough to go on in another
 * tab as if it were this one. */
export interface SavedState {
  epoch: string | null;
  revision: number;
  serverText: string;
  /** The revision after this tab's last operation that the server held. */
  saved?: number;
  inflight: SavedPending | null;
  /** The author as whom the edit in flight was sent. */
  sender?: Author;
  buffer: SavedPending | null;
}
