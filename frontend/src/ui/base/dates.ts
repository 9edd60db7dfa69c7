/** Times as people read them. */

import { t } from "../../strings";

/** The time of what is today, and the day of what is not; `at` is in milliseconds since 1970. */
export function shortDate(at: number): string {
  const date = new Date(at);
  if (date.toDateString() === new Date().toDateString()) return date.toLocaleTimeString(t.locale, { timeStyle: "short" });
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return date.toLocaleDateString(t.locale, isThisYear ? { day: "numeric", month: "short" } : { dateStyle: "short" });
}
