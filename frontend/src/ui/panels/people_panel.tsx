import "../style/people.css";
import { useComputed, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { hueClass } from "../../editor";
import { isMadeUp, NAMELESS, type Person } from "../../session";
import { Icon } from "../base/icon";
import { Face } from "../base/face";
import { isHeld } from "../base/held";
import { lazy } from "../base/lazy";
import { Words } from "../base/words";
import { othersIn, otherTabsIn, writersIn } from "../pad/others";
import type { Pad } from "../pad/pad";
import { byRecency } from "../pad/people_order";
import { peopleWords } from "../pad/people_words";
import { IdentityForm } from "./identity_form";

const WhoWrote = lazy("who wrote what", async () => (await import("./who_wrote")).loadWhoWrote());

/** From so many on, one looks for somebody by their name. */
const FILTERED_FROM = 10;

/** Lists the people who are here, me first; without a connection, those who were. */
export function People({ pad }: { pad: Pad }) {
  const { session } = pad;
  const words = peopleWords.now;
  const sought = useSignal("");
  const others = othersIn(session);
  const isKnown = session.link.value.kind === "up" || others.length === 0;
  const hasFilter = others.length >= FILTERED_FROM;
  return (
    <section aria-labelledby="people-heading">
      <h3 id="people-heading">
        <Words text={headingOf(writersIn(session), isKnown)} />
      </h3>
      {!session.access.isReader.value && <Myself pad={pad} />}
      {hasFilter && (
        <input
          type="search"
          class="people-filter"
          placeholder={words.filter}
          aria-label={words.filter}
          value={sought.value}
          onInput={(event) => (sought.value = event.currentTarget.value)}
        />
      )}
      <Others pad={pad} others={others} sought={hasFilter ? sought.value : ""} isKnown={isKnown} />
      <Readers pad={pad} />
      <WhoWrote pad={pad} />
    </section>
  );
}

function headingOf(writers: number, isKnown: boolean): string {
  const words = peopleWords.now;
  if (writers === 0) return words.nobodyWrites;
  return isKnown ? words.heading(writers) : words.before(writers);
}

/** How many may only read, and those of them by name who gave one. */
function Readers({ pad }: { pad: Pad }) {
  const { session } = pad;
  const words = peopleWords.now;
  const readers = session.people.readers.value;
  if (readers.length === 0) return null;
  const named = readers.filter(({ id, name }) => id !== session.userId.value && name !== NAMELESS);
  return (
    <>
      <h3>
        <Words text={words.readers(readers.length)} />
      </h3>
      {session.access.isReader.value && <Myself pad={pad} />}
      {named.length > 0 && (
        <ul class="people">
          {named.map(({ id, name, hue }) => (
            <li key={id} class="person">
              <Face name={name} hue={hue} />
              <Name name={name} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Myself({ pad: { session } }: { pad: Pad }) {
  const words = peopleWords.now;
  const { name, hue } = session.identity.value;
  const isNameless = session.access.isReader.value && session.access.isByLink && isMadeUp(name);
  const editing = useSignal(false);
  const edit = useRef<HTMLButtonElement>(null);
  const done = () => {
    editing.value = false;
    edit.current?.focus();
  };
  return (
    <div class="people">
      <div class="person">
        <Face name={name} hue={hue} />
        <Name name={isNameless ? words.nameless : name} />
        <span class="you">{words.you}</span>
        <button
          ref={edit}
          type="button"
          class="quiet icon-button"
          aria-label={words.edit}
          title={words.edit}
          aria-expanded={editing.value}
          onClick={() => (editing.value = !editing.value)}
        >
          <Icon name="edit" />
        </button>
      </div>
      {editing.value && <IdentityForm session={session} done={done} />}
      {otherTabsIn(session).map(({ id }) => (
        <div key={id} class="person">
          <Face name={name} hue={hue} />
          <span class="you">{words.otherTab}</span>
        </div>
      ))}
    </div>
  );
}

interface OthersProps {
  pad: Pad;
  others: readonly Person[];
  sought: string;
  isKnown: boolean;
}

/** Sorted by who typed last; but nobody moves away from under the pointer or the keyboard. */
function Others({ pad, others, sought, isKnown }: OthersProps) {
  const list = useRef<HTMLUListElement>(null);
  const places = useRef<ReadonlyMap<number, number>>(new Map());
  const released = useSignal(0);
  void released.value;
  const recent = byRecency(others, pad.session.people.activity);
  const place = ({ id }: Person) => places.current.get(id) ?? Infinity;
  const sorted = isHeld(list.current) ? recent.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b))) : recent;
  places.current = new Map(sorted.map(({ id }, i) => [id, i]));
  const wanted = sought.trim().toLowerCase();
  const found = sorted.filter(({ name }) => name.toLowerCase().includes(wanted));
  const release = () => void released.value++;
  return (
    <>
      <ul ref={list} class="people" onPointerLeave={release} onFocusOut={release}>
        {found.map((person) => (
          <Other key={person.id} person={person} pad={pad} isKnown={isKnown} />
        ))}
      </ul>
      {found.length === 0 && wanted !== "" && <p class="hint">{peopleWords.now.nobody}</p>}
    </>
  );
}

function Other({ person, pad, isKnown }: { person: Person; pad: Pad; isKnown: boolean }) {
  const words = peopleWords.now;
  const { id, name, hue } = person;
  // Each of two hundred rows is drawn anew only when what it says itself has changed.
  const isTyping = useComputed(() => pad.session.people.activity.typing.value.has(id));
  const isFollowed = useComputed(() => pad.editor.value?.following.value === id);
  const toggle = () => {
    const editor = pad.editor.peek();
    const isOn = !isFollowed.peek();
    editor?.follow(isOn ? id : null);
    if (isOn) pad.closeMenu();
  };
  const light = (isOn: boolean) => pad.editor.peek()?.lightCaretsOf(isOn ? id : null);
  return (
    <li class="person" onPointerEnter={() => light(true)} onPointerLeave={() => light(false)}>
      <Face name={name} hue={hue} />
      <Name name={name} />
      {isTyping.value && <span class={`typing ${hueClass(hue)}`} role="img" aria-label={words.typing} title={words.typing} />}
      <button
        type="button"
        class="quiet follow"
        aria-pressed={isFollowed.value}
        aria-disabled={!isKnown}
        title={words.followHint}
        onClick={() => isKnown && toggle()}
      >
        <span aria-hidden="true">
          <Words text={isFollowed.value ? words.following : words.follow} />
        </span>
        <span class="visually-hidden">
          <Words text={isFollowed.value ? words.followingOf(name) : words.followOf(name)} />
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
