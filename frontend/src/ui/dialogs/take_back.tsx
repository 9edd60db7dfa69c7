import { useMemo } from "preact/hooks";
import type { Doer } from "../../sharing";
import type { OwnerText } from "../../strings";
import { shortDate } from "../base/dates";
import { whenNoDialog } from "../base/open_dialogs";
import type { Pad } from "../pad/pad";

interface Props {
  pad: Pad;
  words: OwnerText;
  onClose: () => void;
}

/** Offers to take back all that one of the others did in the last minutes, where somebody did anything. */
export function TakeBack({ pad, words, onClose }: Props) {
  const deeds = pad.deeds.value;
  const doers = useMemo(() => deeds?.doers() ?? [], [deeds]);
  if (!deeds || doers.length === 0) return null;
  return (
    <section aria-label={words.takeBack}>
      <div class="row wrap">
        {doers.map((doer) => (
          <button key={doer.id} type="button" onClick={() => takeBack(pad, words, doer, onClose)}>
            {words.takeBackOf(doer.name)}
          </button>
        ))}
      </div>
      <p class="hint">{words.takeBackHint(shortDate(deeds.sinceMs))}</p>
    </section>
  );
}

/** Does it as an edit of the user, which undo takes back. */
function takeBack({ session, editor, deeds, notify }: Pad, words: OwnerText, { id, name }: Doer, onClose: () => void): void {
  if (session.unsaved.peek() > 0) return void notify(words.notNow, { about: "offer" });
  const text = deeds.peek()?.without(id, session.localText()) ?? null;
  if (text === null) return void notify(words.notWhole, { about: "offer" });
  onClose();
  editor.peek()?.replaceText(text, { ends: "when_touched", onDropped: () => {} });
  const undo = { label: words.undo, run: () => whenNoDialog(() => void editor.peek()?.perform("undo")) };
  notify(words.tookBack(name), { about: "offer", action: undo });
}
