/** What the page and the editor see of a session, besides the session. */

import type { Change } from "../kernel";
import type { DownReason } from "../transport";
import type { CursorData } from "../wire";
import type { JoinOrLeave } from "./presence";

/** The connection, as it is. */
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
  | JoinOrLeave;

/** The editor, as far as the session needs it. Offsets are UTF-16 units. */
export interface EditorPort {
  /** Changes made by others, then carets that moved; null: that one is gone. */
  applyRemote(changes: readonly Change[], carets: ReadonlyMap<number, CursorData | null>): void;
  carets(): CursorData;
}
