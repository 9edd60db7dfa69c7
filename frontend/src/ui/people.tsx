import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { hueClass } from "../editor";
import { NAME_POINTS_MAX, type Person, type Session } from "../session";
import { t } from "../strings";
import { Icon } from "./icon";
import type { Pad } from "./pad";

/** Who is here, me first. */
export function People({ pad }: { pad: Pad }) {
  const { session } = pad;
  const me = session.userId.value;
  const others = session.people.list.value.filter(({ id }) => id !== me);
  const editing = useSignal(false);
  const edit = useRef<HTMLButtonElement>(null);
  const done = () => {
    editing.value = false;
    edit.current?.focus();
  };
  return (
    <section aria-labelledby="people-heading">
      <h2 id="people-heading">{t.people.heading(others.length + 1)}</h2>
      <ul class="people">
        <li>
          <Swatch hue={session.identity.value.hue} />
          <span class="name">{session.identity.value.name}</span>
          <span class="you">{t.people.you}</span>
          <button
            ref={edit}
            type="button"
            class="quiet icon-button"
            aria-label={t.people.edit}
            title={t.people.edit}
            aria-expanded={editing.value}
            onClick={() => (editing.value = !editing.value)}
          >
            <Icon name="edit" />
          </button>
        </li>
        {others.map((person) => (
          <Other key={person.id} person={person} pad={pad} />
        ))}
      </ul>
      {editing.value && <IdentityForm session={session} done={done} />}
    </section>
  );
}

function Other({ person, pad }: { person: Person; pad: Pad }) {
  const editor = pad.editor.value;
  const isFollowed = editor?.following.value === person.id;
  return (
    <li>
      <Swatch hue={person.hue} />
      <span class="name">{person.name}</span>
      <button
        type="button"
        class="quiet follow"
        aria-pressed={isFollowed}
        title={t.people.followHint}
        onClick={() => editor?.follow(isFollowed ? null : person.id)}
      >
        {isFollowed ? t.people.following : t.people.follow}
        <span class="visually-hidden"> {person.name}</span>
      </button>
    </li>
  );
}

function Swatch({ hue }: { hue: number }) {
  return <span class={`swatch ${hueClass(hue)}`} aria-hidden="true" />;
}

function IdentityForm({ session, done }: { session: Session; done: () => void }) {
  const { name, hue } = session.identity.value;
  const draftName = useSignal(name);
  const draftHue = useSignal(hue);
  const save = (event: Event) => {
    event.preventDefault();
    session.setIdentity(draftName.value, draftHue.value);
    done();
  };
  return (
    <form class="identity" onSubmit={save}>
      <label>
        {t.people.name}
        <input
          type="text"
          autocomplete="nickname"
          maxLength={NAME_POINTS_MAX}
          value={draftName.value}
          onInput={(event) => (draftName.value = event.currentTarget.value)}
        />
      </label>
      <label>
        <span class="row">
          {t.people.colour} <Swatch hue={draftHue.value} />
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
        <button type="submit">{t.people.save}</button>
        <button type="button" class="quiet" onClick={done}>
          {t.cancel}
        </button>
      </div>
    </form>
  );
}
