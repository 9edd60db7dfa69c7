/** What the palette offers: the actions of the table, and what this pad and this browser have besides. */

import { recentPads } from "../../browser";
import { knownLanguage, languages, type OutlineEntry } from "../../editor";
import { hashOf } from "../../session";
import type { ActionText } from "../../strings";
import { type Action, actionsIn, GROUPS, offeredActions } from "../actions/actions";
import type { Pad } from "../pad/pad";
import { peopleWords } from "../pad/people_words";
import { found } from "./filter";

/** One of the things that can be chosen. */
export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly also?: string;
  /** Not of the page's own words: a translation of the page leaves it alone. */
  readonly isForeign?: boolean;
  readonly keys?: string;
  /** It is switched on, or the one that is chosen. */
  readonly isOn?: boolean;
  run(pad: Pad): void | Promise<void>;
}

/** Entries below a heading. */
export interface Section {
  readonly heading: string;
  readonly entries: readonly Entry[];
}

/** Sections of which there is no end are cut at that. */
const MOST = 12;
/** Shown before anything is typed: what one comes for most. */
const RECENT_AT_ONCE = 4;

/** All sections of a pad, as it is now, with the outline of its text. */
export function sectionsOf(pad: Pad, text: ActionText, outline: readonly OutlineEntry[]): readonly Section[] {
  return [...actionSections(pad, text), ...ownSections(pad, text, outline)];
}

/** Those that a query finds, the section of the best first; the ones to begin with where there is none. */
export function foundSections(sections: readonly Section[], query: string): readonly Section[] {
  if (query.trim() === "") return sections.flatMap(atOnce);
  const all = sections.map(({ heading, entries }) => ({ heading, entries: found(entries, query).slice(0, MOST) }));
  const some = all.filter(({ entries }) => entries.length > 0);
  const best = found(some.map((section) => ({ section, ...section.entries[0]! })), query);
  return best.map(({ section }) => section);
}

function atOnce({ heading, entries }: Section): Section[] {
  const shown = entries.filter(({ id }) => !id.includes(":"));
  const recent = entries.filter(({ id }) => id.startsWith("pad:")).slice(0, RECENT_AT_ONCE);
  const all = [...shown, ...recent];
  return all.length > 0 ? [{ heading, entries: all }] : [];
}

function actionSections(pad: Pad, text: ActionText): Section[] {
  const offered = offeredActions(actionsIn(text), pad).filter(({ id }) => id !== "palette");
  const sections = GROUPS.map((group) => ({
    heading: text.groups[group],
    entries: offered.filter((action) => action.group === group).map((action) => entryOf(action, pad)),
  }));
  return sections.filter(({ entries }) => entries.length > 0);
}

function entryOf(action: Action, pad: Pad): Entry {
  const { id, also, keys, run } = action;
  const isOn = action.isOn?.(pad);
  return { id, name: action.words(), also, run, ...(keys && { keys }), ...(isOn !== undefined && { isOn }) };
}

function ownSections(pad: Pad, { sections }: ActionText, outline: readonly OutlineEntry[]): Section[] {
  return [
    { heading: sections.pads, entries: padsFor(pad) },
    { heading: sections.places, entries: outline.map(placeOf) },
    { heading: sections.people, entries: peopleFor(pad) },
    { heading: sections.languages, entries: languagesFor(pad) },
  ].filter(({ entries }) => entries.length > 0);
}

function padsFor({ session }: Pad): Entry[] {
  const others = recentPads.value.filter(({ id }) => id !== session.padId);
  return others.map(({ id, title }) => ({
    id: `pad:${id}`,
    name: title,
    also: id,
    isForeign: true,
    run: () => void (location.hash = hashOf({ id, otp: null })),
  }));
}

function placeOf({ line, words }: OutlineEntry): Entry {
  return { id: `place:${line}:${words}`, name: words, isForeign: true, run: ({ editor }) => editor.peek()?.goToLine(line) };
}

/** To follow them. */
function peopleFor({ session, editor }: Pad): Entry[] {
  const others = session.people.list.value.filter(({ id }) => id !== session.userId.value);
  const followed = editor.value?.following.value;
  return others.map(({ id, name }) => ({
    id: `person:${id}`,
    name: followed === id ? peopleWords.now.followingOf(name) : peopleWords.now.followOf(name),
    isOn: followed === id,
    run: (pad) => pad.editor.peek()?.follow(followed === id ? null : id),
  }));
}

function languagesFor({ session }: Pad): Entry[] {
  if (session.isReadOnly.value) return [];
  const chosen = knownLanguage(session.language.value);
  return languages.value.map(({ id, label, words = [] }) => ({
    id: `language:${id}`,
    name: label,
    also: words.join(" "),
    isForeign: true,
    isOn: id === chosen,
    run: () => session.setLanguage(id),
  }));
}
