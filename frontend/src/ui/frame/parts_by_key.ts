/** The keyboard's way between the parts of the page. */

import { openDialogs } from "../base/open_dialogs";

/** The parts in the order in which F6 goes through them, each by what holds it. */
const PARTS = [".header", ".banner", ".past-bar", ".past .cm-content", ".panes .cm-content", ".toasts", ".preview-text", "#panel", ".rail", ".status-bar"];
const FOCUSABLE = "button, input, select, textarea, a[href], [tabindex]";

/** Makes F6 go to the next part, and Shift+F6 to the one before. Behind the last, and before the first, the key is the
 * browser's, which goes to its own bars then. Not under a dialog. The function that this returns ends that. */
export function partsByKey(): () => void {
  const go = (event: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (key !== "F6" || ctrlKey || metaKey || altKey || event.defaultPrevented || openDialogs.peek().length > 0) return;
    const next = partBeside(shiftKey ? -1 : 1);
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  addEventListener("keydown", go);
  return () => removeEventListener("keydown", go);
}

/** What takes the keyboard in the next part, or the one before; null: there is none. */
function partBeside(step: 1 | -1): HTMLElement | null {
  const parts = PARTS.flatMap((selector) => {
    const part = document.querySelector<HTMLElement>(selector);
    const target = part && targetIn(part);
    return target ? [{ part, target }] : [];
  });
  const here = document.activeElement;
  // The editor's panels are the text's.
  const isIn = (part: HTMLElement) => part.contains(here) || (part.matches(".cm-content") && Boolean(here?.closest(".cm-editor")));
  const at = parts.findIndex(({ part }) => isIn(part));
  if (at < 0) return parts.find(({ part }) => part.matches(".cm-content"))?.target ?? null;
  return parts[at + step]?.target ?? null;
}

/** The part itself where it takes the keyboard, or the first in it that does. */
function targetIn(part: HTMLElement): HTMLElement | null {
  if (!part.checkVisibility() || part.closest("[inert]")) return null;
  if (part.tabIndex >= 0) return part;
  const all = [...part.querySelectorAll<HTMLElement>(FOCUSABLE)];
  return all.find((it) => it.tabIndex >= 0 && !it.matches(":disabled") && it.checkVisibility()) ?? null;
}
