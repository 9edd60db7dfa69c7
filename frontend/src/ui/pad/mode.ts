/** How a Markdown pad is shown: as it is written, as it reads, or both beside each other. */

import { settings, setSettings } from "../../browser";
import type { Session } from "../../session";
import { isNarrow } from "../base/media";
import { isMarkdown } from "./markdown";

export const MODES = ["edit", "both", "read"] as const;
export type Mode = (typeof MODES)[number];

/** The mode of that pad; others than Markdown can only be edited. */
export function modeOf(session: Session): Mode {
  const { preview, read } = settings.value;
  if (!preview || !isMarkdown(session)) return "edit";
  return read ? "read" : "both";
}

export function setMode(mode: Mode): void {
  setSettings({ preview: mode !== "edit", read: mode === "read" });
}

/** Shows the text where it is only read; resolves when it can be seen. null: it is shown already. */
export function showText(session: Session): Promise<void> | null {
  if (modeOf(session) !== "read") return null;
  setMode(isNarrow.peek() ? "edit" : "both");
  return new Promise((shown) => requestAnimationFrame(() => shown()));
}
