/** What lies over the page. Under a modal dialog nothing can be focused, seen
 * or heard, so whoever wants that must know of it. */

import { effect, signal } from "@preact/signals";

/** The modal dialogs that are open, the topmost last. */
export const openDialogs = signal<readonly HTMLDialogElement[]>([]);

/** Does it when no dialog is open, which may be now. A dialog gives the focus
 * back as it closes: what wants the focus then comes after that. */
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
