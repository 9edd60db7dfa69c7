/** Moments of the past in words. */

import type { Author, Sitting } from "../../past";
import { t } from "../../strings";
import { frameWords } from "../base/frame_words";
import { historyWords } from "../pad/history_words";

/** The time of what is today, and day and time of what is not; `isExact`: with seconds. */
export function timeOf({ ended_at }: Pick<Sitting, "ended_at">, isExact = false): string {
  const date = new Date(ended_at * 1000);
  const timeStyle = isExact ? "medium" : "short";
  const isToday = date.toDateString() === new Date().toDateString();
  return date.toLocaleString(t.locale, isToday ? { timeStyle } : { dateStyle: "medium", timeStyle });
}

export function nameOf({ name }: Author): string {
  return name || historyWords.now.somebody;
}

/** More names are only counted. */
const NAMED_MOST = 3;

/** Who typed. */
export function peopleOf({ authors }: Sitting): string {
  if (authors.length > NAMED_MOST) return frameWords.now.news.people(authors.length);
  return new Intl.ListFormat(t.locale).format(authors.map(nameOf));
}

/** All of it in a sentence, for those who hear it. */
export function spoken(sitting: Sitting): string {
  return historyWords.now.spoken(timeOf(sitting), peopleOf(sitting), sitting.inserted, sitting.deleted);
}
