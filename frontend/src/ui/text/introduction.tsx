import { useSignal, useSignalEffect } from "@preact/signals";
import { readStored, urlOptions, writeStored } from "../../browser";
import { isMadeUp } from "../../session";
import { Face } from "../base/face";
import { Icon } from "../base/icon";
import { isComposed } from "../base/keys";
import { limitedName } from "../pad/name_field";
import { othersIn } from "../pad/others";
import type { Pad } from "../pad/pad";
import { peopleWords } from "../pad/people_words";

const KEY = "introduced";

/** Below the text, once: tells somebody whose name was made up that others see it, as soon as there are any. */
export function Introduction({ pad: { session, editor } }: { pad: Pad }) {
  const words = peopleWords.now;
  const isShown = useSignal(false);
  const draft = useSignal("");
  const { name, hue } = session.identity.value;
  useSignalEffect(() => {
    // Readers are not named by what was made up.
    if (!isMadeUp(session.identity.value.name) || session.access.isReader.value) isShown.value = false;
    else if (!urlOptions.embed && othersIn(session).length > 0 && readStored(KEY) !== true) {
      writeStored(KEY, true);
      isShown.value = true;
    }
  });
  if (!isShown.value) return null;
  const close = () => {
    isShown.value = false;
    editor.value?.focus();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || isComposed(event)) return;
    event.preventDefault();
    close();
  };
  const save = (event: Event) => {
    event.preventDefault();
    if (draft.value.trim() !== "") session.setIdentity(draft.value, hue);
    close();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape anywhere in it leaves it
    <form class="introduction" onSubmit={save} onKeyDown={press}>
      <Face name={name} hue={hue} />
      <span class="name">{words.youAre(name)}</span>
      <input
        type="text"
        autocomplete="nickname"
        aria-label={words.newName}
        placeholder={words.newName}
        value={draft.value}
        onInput={(event) => (draft.value = limitedName(event.currentTarget, event.isComposing))}
      />
      {draft.value.trim() !== "" && <button type="submit">{words.useName}</button>}
      <button type="button" class="quiet icon-button" aria-label={words.keepName} title={words.keepName} onClick={close}>
        <Icon name="close" />
      </button>
    </form>
  );
}
