import { type Signal, useSignal } from "@preact/signals";
import type { EditorView } from "@codemirror/view";
import type { Shown } from "../../past";
import { hashOf, momentLink } from "../../session";
import { CopyButton } from "../base/copy_button";
import { Words } from "../base/words";
import { downloadFrom } from "../pad/download";
import { historyWords } from "../pad/history_words";
import type { Pad } from "../pad/pad";
import { bringBack } from "./bring_back";
import { timeOf } from "./moment";

interface Props {
  pad: Pad;
  shown: Shown;
  isCompared: Signal<boolean>;
  /** How many edits of the user there are to be undone in an editor. */
  undoable: (view: EditorView) => number;
  /** The text has been brought back. */
  done: () => void;
}

/** What can be done with a text of before. */
export function TextActions({ pad, shown, isCompared, undoable, done }: Props) {
  const words = historyWords.now;
  const { text, sitting } = shown;
  const restore = () => {
    const editor = pad.editor.peek();
    if (text === null || !editor) return;
    const moment = { text, time: timeOf(sitting, shown.isOperation), revision: sitting.end, atSeconds: sitting.ended_at };
    bringBack(pad, moment, () => undoable(editor.view));
    done();
  };
  const isWritable = !pad.session.isReadOnly.value;
  return (
    <>
      {isWritable && (
        <button type="button" class="primary" aria-disabled={text === null} onClick={restore}>
          {words.bringBack}
        </button>
      )}
      {text !== null && (
        <>
          <button type="button" aria-pressed={isCompared.value} onClick={() => (isCompared.value = !isCompared.value)}>
            {words.compare}
          </button>
          <CopyButton text={() => text} label={words.copy} />
          <button type="button" onClick={() => downloadFrom(pad.session, text)}>
            {words.download}
          </button>
          <NewPad pad={pad} text={text} />
        </>
      )}
      <CopyButton text={() => momentLink(pad.session.shareLink(), sitting.end)} label={words.copyLink} />
    </>
  );
}

/** Makes a pad of one's own out of the text, and goes there. */
function NewPad({ pad: { session, notify }, text }: { pad: Pad; text: string }) {
  const words = historyWords.now;
  const isBusy = useSignal(false);
  const make = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    try {
      const { newPadOf } = await import("../../sharing");
      location.hash = hashOf({ id: await newPadOf(text, session.language.peek(), document.baseURI), otp: null });
    } catch {
      notify(words.newPadFailed);
    }
    isBusy.value = false;
  };
  return (
    <button type="button" aria-disabled={isBusy.value} onClick={make}>
      <Words text={isBusy.value ? words.makingPad : words.newPad} />
    </button>
  );
}
