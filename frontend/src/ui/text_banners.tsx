import type { Refusal, Session } from "../session";
import { t } from "../strings";
import { Banner } from "./banner";
import { CopyButton } from "./copy_button";
import { downloadFrom } from "./download";
import type { Pad } from "./pad";

/** Tells of a change that the server did not take: the reason, and every way out. */
export function RefusalBanner({ session }: { session: Session }) {
  const refusal = session.refusal.value;
  if (!refusal) return null;
  return (
    <Banner heading={t.refusal.heading} text={`${reason(refusal)} ${t.refusal.kept(session.unsaved.value)}`}>
      <Take text={() => session.localText()} session={session} />
      <button type="button" onClick={() => session.undoRefused()}>
        {t.refusal.undo}
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
    <Banner heading={t.unmerged.why[why].heading} text={t.unmerged.why[why].explain}>
      <Take text={() => text} session={session} />
      <button type="button" onClick={() => (restore(text), end())}>
        {t.unmerged.restore}
      </button>
      <button type="button" onClick={end}>
        {t.unmerged.discard}
      </button>
    </Banner>
  );
}

/** Puts a text back. Others may be offered the same: where one of them was quicker, and what stands there
 * now is not this text, it is offered again. */
export function putBack({ session, editor, notify }: Pad, text: string): void {
  const why = session.unmerged.all.peek().find((it) => it.text === text)?.why ?? "unsent";
  const onDropped = () => {
    if (session.localText() === text) return;
    session.unmerged.add(text, why);
    notify(t.unmerged.taken, { about: "offer" });
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

function reason({ code, message, limit }: Refusal): string {
  const why = t.refusal.why[code]?.(limit === null ? t.refusal.someLimit : t.bytes(limit));
  return why ?? t.refusal.otherwise(message, code);
}
