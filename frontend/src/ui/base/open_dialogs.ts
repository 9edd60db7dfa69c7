/** The modal dialogs over the page. Under one of them nothing can be focused, seen or
 * announced, so whoever wants that must know of it. */

import { effect, signal } from "@preact/signals";

/** The modal dialogs that are open, the topmost last. */
export const openDialogs = signal<readonly HTMLDialogElement[]>([]);

/** Calls `act` once no dialog is open, which may be now. A dialog gives the focus back
 * as it closes, and what wants the focus comes after that. */
export function whenNoDialog(act: () => void): void {
  let isDue = true;
  const stop = effect(() => {
    if (openDialogs.value.length > 0 || !isDue) return;
    isDue = false;
    queueMicrotask(() => {
      stop();
      act();
    });
  });
}
