/**
 * The messages of docs/protocol.md, as types. Positions are code points.
 * `v1` and `v2` share most of them; those of one version only say so.
 */

/** An operation: retain 5, insert "text", delete 3. */
export type Operation = readonly (number | string)[];

/** The author of what no user made, as a JSON number reads: 2^64 - 1, rounded. */
export const SYSTEM_USER = 2 ** 64;

/** What the server calls somebody who gave no name. */
export const NAMELESS = "Anonymous";

/** A person's carets and selections. */
export interface CursorData {
  cursors: number[];
  /** Anchor and head. */
  selections: [number, number][];
}

/** A person as the others see them. */
export interface UserInfo {
  name: string;
  /** 0 to 359. */
  hue: number;
}

/** A person in the pad, as the server tells of them. */
export interface ShownUser extends UserInfo {
  /** True of one who may only read. */
  view?: boolean;
}

/** A person in the pad with their carets. */
export interface User extends ShownUser, CursorData {
  id: number;
}

/** What somebody may do in a pad; each may do what those before it may. */
export type Role = "view" | "edit" | "own";

/** Who decides about a pad. */
export interface Rights {
  /** True of a pad that somebody owns. */
  owner: boolean;
  /** Who sets passwords and makes links. */
  manage: "owner" | "editors";
  /** Who writes; all others may only read. */
  write: "owner" | "editors";
}

/** What somebody may do with the comments of a pad. */
export type CommentsRight = "read" | "write";

/** The first message of a tab. */
export interface Hello {
  /** 22 base64url characters, secret to this tab. */
  client: string;
  otp: string | null;
  /** The token of a link, in the place of the pad's id: 22 base64url characters. */
  link?: string;
  /** The owner's token, likewise. */
  owner?: string;
  epoch: string | null;
  revision: number;
  name: string;
  hue: number;
  /** The order of inserts at one place that the tab can go by. */
  order?: "author";
  /** True: the tab wants to be told of comments. */
  comments?: true;
}

/** All that a client may say. */
export type ClientMessage =
  | { Hello: Hello } // v2
  | { Edit: { revision: number; operation: Operation } }
  | { SetLanguage: string }
  | { ClientInfo: UserInfo }
  | { CursorData: CursorData }
  | { Restored: { revision: number; at: number | null } } // v2
  | { Ping: number }; // v2

/** The answer to Hello. */
export interface Welcome {
  user_id: number;
  epoch: string;
  revision: number;
  resumed: boolean;
  committed: number;
  access: Role;
  language: string | null;
  otp: string | null;
  limits: { document_bytes: number; message_bytes: number };
  /** Seconds since 1970; null when the document does not expire. */
  created_at: number | null;
  expires_at: number | null;
  /** null: comments are none of our business, or the server knows of none. */
  comments: CommentsRight | null;
  /** "author", as asked for; null from a server that cannot. */
  order: string | null;
  /** Who decides about the pad; not there: it has no owner. */
  rights?: Rights;
  /** The owner's token, for a tab that has made the pad and was not told. */
  owner?: string;
  /** True where the history of the pad is kept; not there: false, or the server knows of none. */
  history?: boolean;
  server: string;
}

/** A committed operation. `order` is "text" when its author does not go by author as we do. */
export interface HistoryEntry {
  id: number;
  order: string | null;
  operation: Operation;
}

/** All that the server may say, with its kind as `type`. */
export type ServerMessage =
  | { type: "Identity"; user_id: number } // v1
  | { type: "Welcome"; welcome: Welcome } // v2, as all below it that are not in v1
  | { type: "Snapshot"; revision: number; text: string } // v2
  | { type: "History"; start: number; operations: HistoryEntry[] }
  | { type: "Users"; users: User[] } // v2
  | { type: "Language"; language: string; user_id: number; user_name: string }
  | { type: "OTP"; otp: string | null; user_id: number; user_name: string }
  | { type: "UserInfo"; id: number; info: ShownUser | null }
  | { type: "UserCursor"; id: number; data: CursorData }
  | { type: "Rejected"; revision: number; code: string; message: string; limit: number | null } // v2
  | { type: "Storage"; writable: boolean } // v2
  | { type: "Access"; role: Role; comments: CommentsRight | null } // v2
  | { type: "Owner"; token: string } // v2
  | { type: "Rights"; rights: Rights; user_id: number; user_name: string } // v2
  /** Restored, with when that text was there in seconds since 1970, or HistoryChanged: "deleted", "off" or "on". */
  | { type: "Past"; change: string; at: number | null; user_id: number; user_name: string } // v2
  | { type: "Pong"; n: number } // v2
  /** A message that is not known here, with what it says unchecked: one of comments, whose code comes later and checks
   * it, or one to be ignored. */
  | { type: "Unknown"; name: string; body: unknown };
