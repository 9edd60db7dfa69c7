import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { hueClass } from "../../editor";
import type { Session } from "../../session";
import { t } from "../../strings";
import { Face } from "../base/face";
import { isComposed } from "../base/keys";
import { limitedName } from "../pad/name_field";
import { peopleWords } from "../pad/people_words";

/** The own name and colour, to be changed where they stand. */
export function IdentityForm({ session, done }: { session: Session; done: () => void }) {
  const words = peopleWords.now;
  const { name, hue } = session.identity.value;
  const draftName = useSignal(name);
  const draftHue = useSignal(hue);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  // Around it may be something that Escape would close too.
  const leave = (event: KeyboardEvent) => {
    if (isComposed(event)) return;
    event.preventDefault();
    event.stopPropagation();
    done();
  };
  const save = (event: Event) => {
    event.preventDefault();
    session.setIdentity(draftName.value, draftHue.value);
    done();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape anywhere in it is Cancel
    <form class="identity" onSubmit={save} onKeyDown={(event) => event.key === "Escape" && leave(event)}>
      <label>
        {words.name}
        <input
          ref={field}
          type="text"
          autocomplete="nickname"
          value={draftName.value}
          onInput={(event) => (draftName.value = limitedName(event.currentTarget, event.isComposing))}
        />
      </label>
      <label>
        <span class="row">
          {words.colour} <Face name={draftName.value} hue={draftHue.value} />
        </span>
        <input
          type="range"
          min={0}
          max={359}
          class={`hue-slider ${hueClass(draftHue.value)}`}
          value={draftHue.value}
          onInput={(event) => (draftHue.value = event.currentTarget.valueAsNumber)}
        />
      </label>
      <div class="row">
        <button type="submit">{words.save}</button>
        <button type="button" class="quiet" onClick={done}>
          {t.cancel}
        </button>
      </div>
    </form>
  );
}
