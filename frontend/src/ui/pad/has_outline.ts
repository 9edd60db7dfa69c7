import { isForeign, PLAIN_TEXT } from "../../editor";
import type { Session } from "../../session";

/** True for a text that may have headings or symbols: plain text has none. */
export function hasOutline({ language: { value: id } }: Session): boolean {
  return id !== null && id !== PLAIN_TEXT && !isForeign(id);
}
