/** Makes the present text one of before. */

import { effect } from "@preact/signals";
import { historyWords } from "../pad/history_words";
import type { Pad } from "../pad/pad";

/** A text of before. */
export interface BroughtBack {
  readonly text: string;
  /** What it is called by. */
  readonly time: string;
  readonly revision: number;
  /** When it was the text, since 1970. */
  readonly atSeconds: number;
}

/** It is an ordinary edit of the user, the shortest one, and so undo undoes it. Where others bring back the same at the same
 * time, it is done once. `steps` tells how many edits there are to be undone. */
export function bringBack(pad: Pad, { text, time, revision, atSeconds }: BroughtBack, steps: () => number): void {
  const words = historyWords.now;
  const { session } = pad;
  const editor = pad.editor.peek();
  if (!editor || session.isReadOnly.peek()) return void pad.notify(words.notNow, { about: "offer" });
  pad.past.peek()?.close();
  if (editor.text() === text) return void pad.notify(words.isSame, { about: "offer" });
  editor.replaceText(text, { ends: "when_made", onDropped: () => {} });
  const after = steps();
  const undo = () => void editor.perform("undo");
  const dismiss = pad.notify(words.isBack(time), { about: "offer", action: { label: words.undo, run: undo } });
  // Once something else would be undone, the button does not say what it does.
  const stop = effect(() => {
    void editor.changes.value;
    if (steps() === after) return;
    dismiss();
    queueMicrotask(() => stop());
  });
  tellOthers(pad, revision, atSeconds);
}

/** Once the server has the edit: before that there would be nothing to tell of. */
function tellOthers({ session }: Pad, revision: number, at: number): void {
  const stop = effect(() => {
    if (session.unsaved.value > 0) return;
    session.tellRestored(revision, at);
    queueMicrotask(() => stop());
  });
}
