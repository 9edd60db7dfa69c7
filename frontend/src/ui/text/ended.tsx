import "../style/ended.css";
import { useSignal } from "@preact/signals";
import { hashOf } from "../../session";
import { type EndedText, t } from "../../strings";
import { Banner } from "../base/banner";
import { CopyButton } from "../base/copy_button";
import { downloadFrom } from "../pad/download";
import type { Pad } from "../pad/pad";

interface Props {
  pad: Pad;
  words: EndedText;
}

/** Says that there will be no more of this pad, and what to do: above its text, where there is one to be rescued, and else
 * in its place. */
export function Ended({ pad, words }: Props) {
  const { session } = pad;
  const { heading, explain } = words[session.end.value ?? "gone"];
  if (!session.isLoaded.value) {
    return (
      <section class="ended" role="alert">
        <h2>{heading}</h2>
        <p>{explain}</p>
        <a class="button" href="./">
          {t.about.newPad}
        </a>
      </section>
    );
  }
  const unsaved = session.unsaved.value;
  const text = [explain, words.textIsHere, unsaved > 0 ? words.unsent(unsaved) : ""].filter(Boolean).join(" ");
  return (
    <Banner heading={heading} text={text}>
      <CopyButton text={() => session.localText()} label={t.refusal.copy} />
      <button type="button" onClick={() => downloadFrom(session, session.localText())}>
        {t.refusal.download}
      </button>
      <NewPad pad={pad} words={words} />
    </Banner>
  );
}

/** Makes a pad of one's own out of the text. */
function NewPad({ pad: { session, notify }, words }: Props) {
  const isBusy = useSignal(false);
  const make = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    try {
      const { newPadOf } = await import("../../sharing");
      const id = await newPadOf(session.localText(), session.language.peek(), document.baseURI);
      await session.letGo();
      location.hash = hashOf({ id, otp: null });
    } catch {
      notify(words.failed);
      isBusy.value = false;
    }
  };
  return (
    <button type="button" aria-disabled={isBusy.value} onClick={make}>
      {isBusy.value ? words.making : words.newPad}
    </button>
  );
}
