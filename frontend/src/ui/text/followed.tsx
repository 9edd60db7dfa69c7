import { useEffect, useRef } from "preact/hooks";
import { effect } from "@preact/signals";
import { type Editor, hueClass } from "../../editor";
import type { Person } from "../../session";
import { Icon } from "../base/icon";
import { isComposed } from "../base/keys";
import { Words } from "../base/words";
import type { Pad } from "../pad/pad";
import { peopleWords } from "../pad/people_words";

/** Whoever is back within this has not left: a tab that loses its connection for a moment does that. */
const AWAY_MS = 4_000;

/** A frame around the text in the colour of who is followed, and a way out. */
export function Followed({ pad, editor }: { pad: Pad; editor: Editor }) {
  const id = editor.following.value;
  const last = useRef<Person | null>(null);
  useEffect(() => letGoOfWhoLeaves(pad, editor), [pad, editor]);
  useEffect(() => (id === null ? undefined : letGoByEscape(editor)), [id, editor]);
  const person = id === null ? null : (pad.session.people.byId.value.get(id) ?? (last.current?.id === id ? last.current : null));
  last.current = person;
  if (!person) return null;
  const words = peopleWords.now;
  return (
    <>
      <div class={`followed-frame ${hueClass(person.hue)}`} aria-hidden="true" />
      <div class={`followed-chip ${hueClass(person.hue)}`} role="status">
        <span class="name" title={person.name}>
          <Words text={words.followingOf(person.name)} />
        </span>
        <button type="button" class="icon-button" aria-label={words.stopFollowing(person.name)} onClick={() => stop(editor)}>
          <Icon name="close" />
        </button>
      </div>
    </>
  );
}

/** The button goes, and the keyboard with it: to the text. */
function stop(editor: Editor): void {
  editor.follow(null);
  editor.focus();
}

function letGoByEscape(editor: Editor): () => void {
  const escape = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented && !isComposed(event)) editor.follow(null);
  };
  addEventListener("keydown", escape);
  return () => removeEventListener("keydown", escape);
}

/** Nobody is followed who is not there any more, and that is said. */
function letGoOfWhoLeaves({ session, notify }: Pad, editor: Editor): () => void {
  let name = "";
  return effect(() => {
    const id = editor.following.value;
    const person = id === null ? undefined : session.people.byId.value.get(id);
    name = person?.name ?? name;
    if (id === null || person) return;
    const timer = setTimeout(() => {
      editor.follow(null);
      notify(peopleWords.now.followedLeft(name), { about: "person" });
    }, AWAY_MS);
    return () => clearTimeout(timer);
  });
}
