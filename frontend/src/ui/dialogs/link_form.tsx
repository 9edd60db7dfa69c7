import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import type { PadLink, PadRights } from "../../sharing";
import { type LinksText, t } from "../../strings";
import { limitedName } from "../pad/name_field";

interface Props {
  rights: PadRights;
  words: LinksText;
  made: (link: PadLink & { token: string }) => void;
  failed: (error: unknown) => void;
  close: () => void;
}

const ROLES = ["view", "edit"] as const;
/** How long a link works: for so many hours, until somebody withdraws it, or until the end of a day that is chosen. */
const ENDS = ["never", "1", "24", "168", "720", "day"] as const;
const HOUR_MS = 3_600_000;

/** Asks what a new link is to be. As it stands, without a word, it is one for reading. */
export function LinkForm({ rights, words, made, failed, close }: Props) {
  const role = useSignal<PadLink["role"]>("view");
  const name = useSignal("");
  const ends = useSignal<(typeof ENDS)[number]>("never");
  const day = useSignal("");
  const history = useSignal(false);
  const comments = useSignal(false);
  const isBusy = useSignal(false);
  const first = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => first.current!.focus(), []);
  const make = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    try {
      const isToEdit = role.value === "edit"; // writers have both anyway
      const also = { history: isToEdit || history.value, comments: isToEdit || comments.value };
      made(await rights.makeLink({ role: role.value, name: name.value.trim(), expires_at: endOf(ends.value, day.value), ...also }));
    } catch (error) {
      failed(error);
      isBusy.value = false;
    }
  };
  return (
    <form class="link-form" onSubmit={make}>
      <fieldset>
        <legend>{words.role}</legend>
        {ROLES.map((it, i) => (
          <label key={it} class="choice">
            <input ref={i === 0 ? first : null} type="radio" name={`${id}-role`} checked={role.value === it} onChange={() => (role.value = it)} />
            {words.roles[it]}
          </label>
        ))}
      </fieldset>
      <label>
        {words.name}
        <input
          type="text"
          autocomplete="off"
          placeholder={words.namePlaceholder}
          value={name.value}
          onInput={(event) => (name.value = limitedName(event.currentTarget, event.isComposing))}
        />
      </label>
      <label>
        {words.until}
        <select value={ends.value} onChange={(event) => (ends.value = ENDS[event.currentTarget.selectedIndex]!)}>
          {ENDS.map((it) => (
            <option key={it} value={it}>
              {words.ends[it]}
            </option>
          ))}
        </select>
      </label>
      {ends.value === "day" && (
        <label>
          {words.day}
          <input type="date" required min={today()} value={day.value} onInput={(event) => (day.value = event.currentTarget.value)} />
        </label>
      )}
      {role.value === "view" && <Also is={history} words={words.history} />}
      {role.value === "view" && <Also is={comments} words={words.comments} />}
      <div class="actions">
        <button type="submit" aria-busy={isBusy.value}>
          {words.create}
        </button>
        <button type="button" onClick={close}>
          {t.cancel}
        </button>
      </div>
    </form>
  );
}

/** What readers may do besides. */
function Also({ is, words }: { is: Signal<boolean>; words: string }) {
  return (
    <label class="switch">
      <input type="checkbox" role="switch" checked={is.value} onChange={(event) => (is.value = event.currentTarget.checked)} />
      {words}
    </label>
  );
}

/** The day of today, here, as a field for a date has it. */
function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** The time in seconds since 1970 at which a link ends; null: it does not. A day ends here at midnight. */
export function endOf(ends: string, day: string): number | null {
  if (ends === "never") return null;
  const atMs = ends === "day" ? new Date(`${day}T23:59:59`).getTime() : Date.now() + Number(ends) * HOUR_MS;
  return Math.floor(atMs / 1000);
}
