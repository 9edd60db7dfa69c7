import "../style/people.css";
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Person } from "../../session";
import { Face } from "../base/face";
import { Icon } from "../base/icon";
import { isHeld } from "../base/held";
import { LongPress } from "../base/long_press";
import { isNarrow } from "../base/media";
import { othersIn, writersIn } from "../pad/others";
import type { Pad } from "../pad/pad";
import { chosen } from "../pad/people_order";
import { peopleWords } from "../pad/people_words";

/** Whoever went to somebody sees for so long which caret is theirs. */
const FLASH_MS = 2_000;
/** So many faces have room. */
const PLACES = { wide: 5, narrow: 2 };

const EVERYBODY = "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-3.5 2.5-6 6-6s6 2.5 6 6M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5c2 .8 3 2.8 3 5.5";

/** The others who are here, some of them by face and the rest by number; somebody who is alone sees themself. The last of
 * the buttons opens the list of all. */
export function Faces({ pad }: { pad: Pad }) {
  const { session } = pad;
  const words = peopleWords.now;
  const group = useRef<HTMLDivElement>(null);
  const shown = useRef<ReadonlySet<number>>(new Set());
  const released = useSignal(0);
  void released.value;
  const others = othersIn(session);
  const places = isNarrow.value ? PLACES.narrow : PLACES.wide;
  // Nobody slips away from under a finger.
  const stay = isHeld(group.current) ? others.filter(({ id }) => shown.current.has(id)) : [];
  const faces = stay.length > 0 ? stay.slice(0, places) : chosen(others, shown.current, session.people.activity, places);
  shown.current = new Set(faces.map(({ id }) => id));
  const rest = others.length - faces.length;
  const count = writersIn(session);
  const isKnown = session.link.value.kind === "up" || rest === 0;
  const writers = count === 0 ? words.nobodyWrites : isKnown ? words.heading(count) : words.before(count);
  const readers = session.people.readers.value.length;
  const label = readers > 0 ? `${writers}, ${words.readers(readers)}` : writers;
  const release = () => void released.value++;
  const list = {
    "aria-expanded": pad.panel.id.value === "people",
    "aria-controls": "panel",
    onClick: () => pad.panel.toggle("people"),
  } as const;
  // On small screens each face opens it.
  const hasButton = rest > 0 || (readers === 0 && (faces.length === 0 || !isNarrow.value));
  return (
    <div ref={group} class="avatars" role="group" aria-label={label} onPointerLeave={release} onFocusOut={release}>
      {faces.map((person) => (
        <FaceButton key={person.id} pad={pad} person={person} />
      ))}
      {readers > 0 && !(isNarrow.value && session.access.isReader.value) && (
        <button type="button" class="quiet face-button readers" title={words.readers(readers)} aria-label={words.readers(readers)} {...list}>
          <Icon name="read" />
          <span translate={false}>{readers}</span>
        </button>
      )}
      {hasButton && (
        <button type="button" class="quiet face-button rest" title={label} aria-label={words.all(count, rest)} {...list}>
          {rest > 0 && <span translate={false}>{words.more(rest)}</span>}
          {rest === 0 && (faces.length > 0 ? <Icon path={EVERYBODY} /> : <Face {...session.identity.value} />)}
        </button>
      )}
    </div>
  );
}

/** Leads to where somebody is, and lights their caret while it is pointed at. On small screens, where it is next to nothing,
 * it opens the list of all. */
function FaceButton({ pad, person }: { pad: Pad; person: Person }) {
  const { id, name, hue } = person;
  const words = peopleWords.now;
  const editor = pad.editor.value;
  const isFollowed = editor?.following.value === id;
  const light = (isOn: boolean) => pad.editor.peek()?.lightCaretsOf(isOn ? id : null);
  const flash = () => (light(true), setTimeout(() => light(false), FLASH_MS));
  const follow = () => pad.editor.peek()?.follow(id);
  const press = useRef<LongPress | null>(null);
  press.current ??= new LongPress(follow);
  const go = (event: MouseEvent) => {
    if (press.current!.takesClick()) return;
    if (isNarrow.peek()) pad.panel.open("people");
    else if (event.altKey) follow();
    else if (editor?.showCaretOf(id)) flash();
    else pad.notify(words.nowhere(name), { about: "person" });
  };
  return (
    <button
      type="button"
      class={isFollowed ? "quiet face-button followed" : "quiet face-button"}
      title={words.faceHint(name)}
      aria-label={isNarrow.value ? name : words.goTo(name)}
      onClick={go}
      onPointerEnter={() => light(true)}
      onPointerLeave={() => (press.current!.end(), light(false))}
      onFocus={({ currentTarget }) => light(currentTarget.matches(":focus-visible"))}
      onBlur={() => light(false)}
      onPointerDown={() => press.current!.begin()}
      onPointerUp={() => press.current!.end()}
      onPointerCancel={() => press.current!.end()}
      onContextMenu={(event) => event.preventDefault()}
    >
      <Face name={name} hue={hue} />
    </button>
  );
}
