import { useSignal } from "@preact/signals";
import { type Refusal, type Removal, type Session, withBack } from "../../session";
import { t } from "../../strings";
import { Banner } from "../base/banner";
import { CopyButton } from "../base/copy_button";
import { frameWords } from "../base/frame_words";
import { Dialog } from "../base/dialog";
import { downloadFrom } from "../pad/download";
import type { Pad } from "../pad/pad";
import { peopleWords } from "../pad/people_words";

/** Tells of a change that the server did not take: the reason, and every way out. */
export function RefusalBanner({ session }: { session: Session }) {
  const refusal = session.refusal.value;
  if (!refusal) return null;
  return (
    <Banner heading={heading(refusal)} text={`${reason(refusal)} ${t.refusal.kept(session.unsaved.value)}`}>
      <Take text={() => session.localText()} session={session} />
      <button type="button" onClick={() => session.undoRefused()}>
        {frameWords.now.trouble.refusal.undo}
      </button>
    </Banner>
  );
}

/** Offers a text that stood here and may stand nowhere else, one at a time. */
export function UnmergedTextBanner({ session, restore }: { session: Session; restore: (text: string) => void }) {
  const unmerged = session.unmerged.all.value[0];
  if (!unmerged) return null;
  const { text, why } = unmerged;
  const end = () => session.unmerged.drop(text);
  return (
    <Banner heading={frameWords.now.trouble.unmerged.why[why].heading} text={frameWords.now.trouble.unmerged.why[why].explain}>
      <Take text={() => text} session={session} />
      {!session.access.isReader.value && (
        <button type="button" onClick={() => (restore(text), end())}>
          {frameWords.now.trouble.unmerged.restore}
        </button>
      )}
      <button type="button" onClick={end}>
        {frameWords.now.trouble.unmerged.discard}
      </button>
    </Banner>
  );
}

/** Tells who removed most of the text, and offers it as it stood in this tab. */
export function RemovalBanner({ pad }: { pad: Pad }) {
  const { session } = pad;
  const removal = session.removals.removal.value;
  const isShown = useSignal(false);
  const words = peopleWords.now.removal;
  if (!removal) return null;
  const close = () => (isShown.value = false);
  return (
    <Banner heading={words.heading(removal.by, removal.points)} text={words.explain}>
      {!session.isReadOnly.value && (
        <button type="button" onClick={() => bringBack(pad, removal)}>
          {words.putBack}
        </button>
      )}
      <button type="button" onClick={() => (isShown.value = true)}>
        {words.show}
      </button>
      <button type="button" onClick={() => session.removals.drop()}>
        {words.dismiss}
      </button>
      <button type="button" onClick={() => pad.panel.open("history")}>
        {words.history}
      </button>
      {isShown.value && (
        <Dialog label={words.text} onClose={close}>
          <h2>{words.text}</h2>
          <textarea class="recovered-draft-text" aria-label={words.text} readOnly rows={16} value={removal.text} />
          <div class="actions">
            <Take text={() => removal.text} session={session} />
            <button type="button" onClick={close}>
              {t.close}
            </button>
          </div>
        </Dialog>
      )}
    </Banner>
  );
}

/** Puts back what others removed, where it was; what was written since stays. Others are offered the same: where one of
 * them was quicker, it is done once. */
function bringBack({ session, editor, notify }: Pad, removal: Removal): void {
  const onDropped = () => {
    if (withBack(removal.text, session.localText()) === session.localText()) return;
    session.removals.offer(removal);
    notify(frameWords.now.trouble.unmerged.taken, { about: "offer" });
  };
  session.removals.drop();
  editor.value?.replaceText(withBack(removal.text, session.localText()), { ends: "when_touched", onDropped });
  editor.value?.focus();
}

/** Puts a text back. Others may be offered the same: where one of them was quicker, and what stands there
 * now is not this text, it is offered again. */
export function putBack({ session, editor, notify }: Pad, text: string): void {
  const why = session.unmerged.all.peek().find((it) => it.text === text)?.why ?? "unsent";
  const onDropped = () => {
    if (session.localText() === text) return;
    session.unmerged.add(text, why);
    notify(frameWords.now.trouble.unmerged.taken, { about: "offer" });
  };
  editor.value?.replaceText(text, { ends: "when_touched", onDropped });
}

function Take({ text, session }: { text: () => string; session: Session }) {
  return (
    <>
      <CopyButton text={text} label={t.refusal.copy} />
      <button type="button" onClick={() => downloadFrom(session, text())}>
        {t.refusal.download}
      </button>
    </>
  );
}

function heading({ code }: Refusal): string {
  return code === "view_only" ? frameWords.now.trouble.refusal.headingOfReader : frameWords.now.trouble.refusal.heading;
}

function reason({ code, message, limit }: Refusal): string {
  const why = frameWords.now.trouble.refusal.why[code]?.(limit === null ? frameWords.now.trouble.refusal.someLimit : t.bytes(limit));
  return why ?? frameWords.now.trouble.refusal.otherwise(message, code);
}
