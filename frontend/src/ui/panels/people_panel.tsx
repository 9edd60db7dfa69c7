import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { hueClass } from "../../editor";
import { NAME_POINTS_MAX, type Person, type Session } from "../../session";
import { t } from "../../strings";
import { Icon } from "../base/icon";
import type { Pad } from "../pad/pad";
import { Words } from "../base/words";

/** Lists the people who are here, me first; without a connection, those who were. */
export function People({ pad }: { pad: Pad }) {
  const { session } = pad;
  const me = session.userId.value;
  const others = session.people.list.value.filter(({ id }) => id !== me);
  const isKnown = session.link.value.kind === "up" || others.length === 0;
  const editing = useSignal(false);
  const edit = useRef<HTMLButtonElement>(null);
  const done = () => {
    editing.value = false;
    edit.current?.focus();
  };
  return (
    <section aria-labelledby="people-heading">
      <h2 id="people-heading">
        <Words text={isKnown ? t.people.heading(others.length + 1) : t.people.before(others.length + 1)} />
      </h2>
      <ul class="people">
        <li>
          <Swatch hue={session.identity.value.hue} />
          <Name name={session.identity.value.name} />
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
        {editing.value && (
          <li>
            <IdentityForm session={session} done={done} />
          </li>
        )}
        {others.map((person) => (
          <Other key={person.id} person={person} pad={pad} isKnown={isKnown} />
        ))}
      </ul>
    </section>
  );
}

function Other({ person, pad, isKnown }: { person: Person; pad: Pad; isKnown: boolean }) {
  const editor = pad.editor.value;
  const { name, hue } = pad.session.identity.value;
  const isMe = person.name === name && person.hue === hue;
  const isFollowed = editor?.following.value === person.id;
  const toggle = () => {
    editor?.follow(isFollowed ? null : person.id);
    if (!isFollowed) pad.closeMenu();
  };
  return (
    <li>
      <Swatch hue={person.hue} />
      <Name name={person.name} />
      {isMe && <span class="you">{t.people.otherTab}</span>}
      <button
        type="button"
        class="quiet follow"
        aria-pressed={isFollowed}
        aria-disabled={!isKnown}
        title={t.people.followHint}
        onClick={() => isKnown && toggle()}
      >
        <span aria-hidden="true">
          <Words text={isFollowed ? t.people.following : t.people.follow} />
        </span>
        <span class="visually-hidden">
          <Words text={isFollowed ? t.people.followingOf(person.name) : t.people.followOf(person.name)} />
        </span>
      </button>
    </li>
  );
}

function Name({ name }: { name: string }) {
  return (
    <span class="name" translate={false} title={name}>
      <Words text={name} />
    </span>
  );
}

function Swatch({ hue }: { hue: number }) {
  return <span class={`swatch ${hueClass(hue)}`} aria-hidden="true" />;
}

function IdentityForm({ session, done }: { session: Session; done: () => void }) {
  const { name, hue } = session.identity.value;
  const draftName = useSignal(name);
  const draftHue = useSignal(hue);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  // Around it may be a drawer, which Escape would close too.
  const leave = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    event.preventDefault();
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
        {t.people.name}
        <input
          ref={field}
          type="text"
          autocomplete="nickname"
          value={draftName.value}
          onInput={(event) => (draftName.value = limited(event.currentTarget, event.isComposing))}
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

/** The field's text, cut where a name ends: maxLength would count UTF-16 units, of which
 * an emoji has two or more. What an input method is at work on is left alone. */
function limited(field: HTMLInputElement, isComposing: boolean): string {
  const points = [...field.value];
  if (points.length > NAME_POINTS_MAX && !isComposing) field.value = points.slice(0, NAME_POINTS_MAX).join("");
  return field.value;
}
