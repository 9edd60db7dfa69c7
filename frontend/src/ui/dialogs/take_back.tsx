import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Doer } from "../../sharing";
import type { OwnerText } from "../../strings";
import { shortDate } from "../base/dates";
import { whenNoDialog } from "../base/open_dialogs";
import type { Pad } from "../pad/pad";

/** So many have a button each; of more, one is picked from a list. */
const MOST_BUTTONS = 3;

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
  const act = (doer: Doer) => takeBack(pad, words, doer, onClose);
  return (
    <section aria-label={words.takeBack}>
      {doers.length > MOST_BUTTONS ? <Picked doers={doers} words={words} act={act} /> : <Buttons doers={doers} words={words} act={act} />}
      <p class="hint">{words.takeBackHint(shortDate(deeds.sinceMs))}</p>
    </section>
  );
}

interface ChoiceProps {
  doers: readonly Doer[];
  words: OwnerText;
  act: (doer: Doer) => void;
}

function Buttons({ doers, words, act }: ChoiceProps) {
  return (
    <div class="take-back">
      {doers.map((doer) => (
        <button key={doer.id} type="button" onClick={() => act(doer)}>
          {words.takeBackOf(doer.name)}
        </button>
      ))}
    </div>
  );
}

function Picked({ doers, words, act }: ChoiceProps) {
  const place = useSignal(0);
  const doer = doers[place.value]!;
  return (
    <label class="take-back">
      {words.takeBack}
      <span class="row">
        <select value={place.value} onChange={(event) => (place.value = event.currentTarget.selectedIndex)}>
          {doers.map(({ id, name }, i) => (
            <option key={id} value={i} translate={false}>
              {name}
            </option>
          ))}
        </select>
        <button type="button" aria-label={words.takeBackOf(doer.name)} onClick={() => act(doer)}>
          {words.takeBackIt}
        </button>
      </span>
    </label>
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
