/** Keys for comments, from anywhere on the page. */

import { loadChunk, urlOptions } from "../../browser";
import { isLetter, isMac } from "../base/keys";
import { openDialogs } from "../base/open_dialogs";
import { mayComment, seesComments } from "../pad/open_comments";
import type { Pad } from "../pad/pad";
import type { PadComments } from "./pad_comments";

/** As CodeMirror writes them. */
export const COMMENT_KEYS = "Mod-Alt-m";
export const NEXT_KEYS = "Alt-PageDown";
export const PREVIOUS_KEYS = "Alt-PageUp";

/** Does something with the comments of a pad, whose code may have to be loaded first. */
export async function withComments(pad: Pad, act: (comments: PadComments) => unknown): Promise<void> {
  const comments = await loadChunk("comments", async () => (await import("./pad_comments")).loadCommentsOf(pad));
  if (comments) act(comments);
}

/** Makes those keys begin a comment, and go to the next one or the one before; not under a dialog. The function that this
 * returns ends that. */
export function commentsByKey(pad: Pad): () => void {
  if (urlOptions.embed) return () => {};
  const press = (event: KeyboardEvent) => {
    if (event.defaultPrevented || openDialogs.peek().length > 0) return;
    const act = deedOf(event, pad);
    if (!act) return;
    event.preventDefault();
    void withComments(pad, act);
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}

function deedOf(event: KeyboardEvent, { session }: Pad): ((comments: PadComments) => unknown) | null {
  if (isCommentKey(event)) return mayComment(session) ? (comments) => comments.begin() : null;
  const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
  if (!altKey || ctrlKey || metaKey || shiftKey || !seesComments(session)) return null;
  if (key === "PageDown") return (comments) => comments.step(1);
  return key === "PageUp" ? (comments) => comments.step(-1) : null;
}

/** With AltGr the key types a letter, such as µ on a German keyboard, and that is left alone. */
function isCommentKey(event: KeyboardEvent): boolean {
  const { altKey, shiftKey } = event;
  const hasCommand = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (!hasCommand || !altKey || shiftKey || event.getModifierState("AltGraph")) return false;
  return isLetter(event, "m");
}
