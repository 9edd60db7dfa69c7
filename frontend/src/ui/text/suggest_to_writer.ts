import { effect } from "@preact/signals";
import { loadChunk } from "../../browser";
import type { Pad } from "../pad/pad";

/** Sees to it that a language is suggested to whoever writes in a text without one, and to nobody else. The function that
 * it returns ends that. */
export function suggestToWriter(pad: Pad): () => void {
  const { session, editor } = pad;
  let isWriting = false;
  let stop: (() => void) | null = null;
  const end = effect(() => {
    const writes = session.unsaved.value > 0 && session.language.value === null && !session.isReadOnly.value;
    if (!writes || isWriting || !editor.value) return;
    isWriting = true;
    const made = editor.value;
    void loadChunk("suggested language", () => import("./suggested_language")).then((chunk) => {
      if (chunk && isWriting) stop = chunk.suggestLanguage(pad, made);
    });
  });
  return () => {
    end();
    isWriting = false;
    stop?.();
  };
}
