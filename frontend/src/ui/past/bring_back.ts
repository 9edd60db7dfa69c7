/** Makes the present text one of before. */

import { effect } from "@preact/signals";
import { historyWords } from "../pad/history_words";
import type { Pad } from "../pad/pad";

/** It is an ordinary edit of the user, the shortest one, and so undo undoes it. `time` is what the text is called by. Where
 * others bring back the same at the same time, it is done once. `steps` tells how many edits there are to be undone. */
export function bringBack(pad: Pad, text: string, time: string, steps: () => number): void {
  const words = historyWords.now;
  const editor = pad.editor.peek();
  if (!editor || pad.session.isReadOnly.peek()) return void pad.notify(words.notNow, { about: "offer" });
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
}
