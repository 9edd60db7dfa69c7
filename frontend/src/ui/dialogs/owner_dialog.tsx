import "../style/owner.css";
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { hashOf, ownerLink } from "../../session";
import { newPadOf, PadRights } from "../../sharing";
import type { OwnerText } from "../../strings";
import { CopyButton } from "../base/copy_button";
import { Dialog } from "../base/dialog";
import { PanelHead } from "../base/panel_head";
import { Question } from "../base/question";
import { Words } from "../base/words";
import { othersIn } from "../pad/others";
import type { Pad } from "../pad/pad";
import { sentence } from "./failure";
import { TakeBack } from "./take_back";

interface Props {
  pad: Pad;
  words: OwnerText;
  onClose: () => void;
}

/** What the parts of the dialog share. */
interface PartProps {
  pad: Pad;
  words: OwnerText;
  rights: PadRights;
  /** Does something, one thing at a time, and says why it did not work. True: it worked. */
  attempt: (act: () => Promise<unknown>) => Promise<boolean>;
  /** True while nothing can be asked for. */
  isIdle: boolean;
  onClose: () => void;
}

/** Whose the pad is, and what its owner may do with it. A chunk of its own, with its words. */
export function OwnerDialog({ pad, words, onClose }: Props) {
  const { session } = pad;
  const rights = useMemo(() => new PadRights(session, document.baseURI), [session]);
  const isBusy = useSignal(false);
  const isUp = session.link.value.kind === "up";
  const attempt = async (act: () => Promise<unknown>) => {
    if (isBusy.peek()) return false;
    isBusy.value = true;
    try {
      await act();
      return true;
    } catch (error) {
      pad.notify(sentence(error, words));
      return false;
    } finally {
      isBusy.value = false;
    }
  };
  const part = { pad, words, rights, attempt, isIdle: isBusy.value || !isUp, onClose };
  const isMine = session.access.role.value === "own";
  const mayDelete = isMine || (!session.access.rights.value.owner && !session.access.isReader.value);
  return (
    <Dialog label={words.heading} class="sheet owner" onClose={onClose}>
      <PanelHead heading={words.heading} onClose={onClose} />
      {!isUp && <p class="hint">{words.offline}</p>}
      {isMine ? <Mine {...part} /> : <NotMine {...part} />}
      {mayDelete && <Remove {...part} />}
    </Dialog>
  );
}

function NotMine({ pad: { session, notify }, words, rights, attempt, isIdle }: PartProps) {
  if (session.access.rights.value.owner) return <p>{words.other}</p>;
  const take = async () => {
    if (!isIdle && (await attempt(() => rights.takeCharge()))) notify(words.taken, { about: "role" });
  };
  return (
    <>
      <p>{words.nobody}</p>
      <p class="hint">{words.takeChargeHint}</p>
      <button type="button" class="primary" aria-disabled={isIdle} onClick={take}>
        {words.takeCharge}
      </button>
    </>
  );
}

function Mine(part: PartProps) {
  const { pad, words, rights } = part;
  const { rights: now } = pad.session.access;
  return (
    <>
      <p>{words.mine}</p>
      <OwnerLink {...part} />
      <RightsSwitch {...part} label={words.pen} hint={words.penHint} isOn={now.value.write === "owner"} set={(it) => rights.change({ write: it })} />
      <RightsSwitch {...part} label={words.manage} hint={words.manageHint} isOn={now.value.manage === "owner"} set={(it) => rights.change({ manage: it })} />
      <TakeBack pad={pad} words={words} onClose={part.onClose} />
      <KeepDays {...part} />
      <Move {...part} />
    </>
  );
}

/** Shown when it is asked for alone: others may look at the same screen. */
function OwnerLink({ pad: { session }, words }: PartProps) {
  const isShown = useSignal(false);
  const token = session.access.owner.value;
  if (token === null) return null;
  const address = ownerLink(document.baseURI, session.padId, token);
  return (
    <section class="owner-link">
      <div class="row wrap">
        <button type="button" aria-expanded={isShown.value} onClick={() => (isShown.value = !isShown.value)}>
          {isShown.value ? words.hide : words.showLink}
        </button>
        {isShown.value && <CopyButton text={() => address} label={words.copy} class="primary" />}
      </div>
      {isShown.value && (
        <input type="text" readOnly aria-label={words.link} value={address} translate={false} onFocus={(event) => event.currentTarget.select()} />
      )}
      <p class="hint">{words.linkHint}</p>
    </section>
  );
}

interface SwitchProps extends PartProps {
  label: string;
  hint: string;
  isOn: boolean;
  set: (whose: "owner" | "editors") => Promise<void>;
}

/** Between the owner and all who may write. What it shows is what the server said. */
function RightsSwitch({ attempt, isIdle, label, hint, isOn, set }: SwitchProps) {
  const change = async (box: HTMLInputElement) => {
    const isWanted = box.checked;
    if (!(await attempt(() => set(isWanted ? "owner" : "editors")))) box.checked = isOn;
  };
  return (
    <div class="owner-switch">
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          checked={isOn}
          aria-disabled={isIdle}
          onClick={(event) => isIdle && event.preventDefault()}
          onChange={(event) => change(event.currentTarget)}
        />
        {label}
      </label>
      <p class="hint">{hint}</p>
    </div>
  );
}

const DAY_S = 86_400;

/** How many days the pad is kept without use. Where pads are kept for ever, there is nothing to choose. */
function KeepDays({ pad, words, rights, attempt, isIdle }: PartProps) {
  const days = daysLeft(pad.expiry);
  const draft = useSignal<string | null>(null);
  if (days === null) return null;
  const value = draft.value ?? String(days);
  const save = async (event: Event) => {
    event.preventDefault();
    const wanted = Number(value);
    if (isIdle || !(await attempt(() => rights.change({ keep_days: wanted })))) return;
    const { welcome } = pad.session;
    // It is reckoned by what the Welcome said, until there is another one.
    if (welcome.value) welcome.value = { ...welcome.value, expires_at: Math.floor(Date.now() / 1000) + wanted * DAY_S };
    draft.value = null;
    pad.notify(words.kept(wanted));
  };
  return (
    <form class="keep-days" onSubmit={save}>
      <label>
        {words.keep}
        <span class="row">
          <input type="number" min="1" step="1" required inputMode="numeric" value={value} onInput={(event) => (draft.value = event.currentTarget.value)} />
          <button type="submit" aria-disabled={isIdle}>
            {words.save}
          </button>
        </span>
      </label>
      <p class="hint">{words.keepHint}</p>
    </form>
  );
}

function daysLeft(expiry: ReadonlySignal<Date | null>): number | null {
  return expiry.value && Math.max(1, Math.round((expiry.value.getTime() - Date.now()) / 1000 / DAY_S));
}

/** The text goes to a new pad before the old one is deleted, so that nothing is lost by whatever goes wrong between. */
function Move({ pad, words, rights, attempt, isIdle }: PartProps) {
  const { session, title } = pad;
  const move = () =>
    attempt(async () => {
      const id = await newPadOf(session.localText(), session.language.peek(), document.baseURI);
      await rights.remove();
      await session.letGo();
      location.hash = hashOf({ id, otp: null });
    });
  return (
    <section>
      <Question label={words.move} question={words.moveSure(title.value)} yes={words.moveYes} no={words.no} isIdle={isIdle} act={() => void move()} />
      <p class="hint">{words.moveHint}</p>
    </section>
  );
}

function Remove({ pad, words, rights, attempt, isIdle, onClose }: PartProps) {
  const others = othersIn(pad.session).length + pad.session.people.readers.value.length;
  const remove = async () => {
    if (await attempt(() => rights.remove())) onClose();
  };
  return (
    <section>
      <Question
        label={words.remove}
        question={words.removeSure(pad.title.value, others)}
        yes={words.removeYes}
        no={words.no}
        isIdle={isIdle}
        act={() => void remove()}
      />
      <p class="hint">
        <Words text={words.removeHint} />
      </p>
    </section>
  );
}
