/** The values that the page and the editor exchange with a session. */

import type { Change } from "../kernel";
import type { Span } from "../sync";
import type { DownReason } from "../transport";
import type { CursorData } from "../wire";
import type { JoinOrLeave } from "./presence";
import type { ShownText } from "./removal_guard";

/** Codes of refusals that have nothing to do with the edit, and pass. */
export const PASSING: ReadonlySet<string> = new Set(["rate_limited", "storage_unavailable", "no_memory"]);

/** The state of the connection. `retryAtMs` is on the clock of Date.now(). */
export type Link =
  | { kind: "connecting" }
  | { kind: "up" }
  | { kind: "waiting"; reason: DownReason; retryAtMs: number }
  | { kind: "stopped"; reason: DownReason; detail: string };

/** Something that happened and that people may want to know. */
export type Notice =
  | { kind: "language"; language: string; by: string | null; mine: boolean }
  | { kind: "protected" | "unprotected"; by: string | null; mine: boolean }
  | { kind: "recoloured" }
  | RightsNotice
  | JoinOrLeave;

/** It has changed who may do what, or what is kept of the past. owned: the pad has an owner now. penned, unpenned: only the owner writes, or all again.
 * view_only, editable: we may not write any more, or again. not_owned: the owner link that led here is none.
 * restored: an earlier text was brought back, which stood there `at` that time in seconds since 1970 (null: nobody knows); deleted, off, on:
 * the history. `by`: who did it; null: nobody who is known. */
export interface RightsNotice {
  kind: "rights";
  right: "deleted" | "editable" | "not_owned" | "off" | "on" | "owned" | "penned" | "restored" | "unpenned" | "view_only";
  at?: number | null;
  by: string | null;
  mine: boolean;
}

/** The editor, as far as the session needs it. Offsets are UTF-16 units. */
export interface EditorPort {
  /** Changes made by others, then carets that moved; null: that one is gone. */
  applyRemote(changes: readonly Change[], carets: ReadonlyMap<number, CursorData | null>, authors: ReadonlySet<number>): void;
  /** The text as it is now; it stays so, whatever changes later. */
  shown(): ShownText;
  /** The user's own carets as they are now. */
  carets(): CursorData;
  /** The lines in which the user composes text with an input method; nothing may change there. null: nowhere. */
  composing(): Span | null;
  /** Ends that, with the text as far as it is composed. */
  endComposition(): void;
}
