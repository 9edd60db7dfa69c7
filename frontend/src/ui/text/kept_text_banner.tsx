import type { Session } from "../../session";
import { type OfflineText, t } from "../../strings";
import { Banner } from "../base/banner";

/** Says that the text is one that this browser kept, since the server cannot be asked, and of when it is. */
export function KeptTextBanner({ session, words }: { session: Session; words: OfflineText }) {
  const asOf = session.kept.asOf.value;
  if (asOf === null) return null;
  return (
    <Banner heading={words.heading} text={words.explain(timeOf(new Date(asOf)))}>
      <button type="button" onClick={() => session.retryConnection()}>
        {t.status.retryNow}
      </button>
    </Banner>
  );
}

/** With the day, where that is another one. */
function timeOf(date: Date): string {
  const isToday = date.toDateString() === new Date().toDateString();
  return date.toLocaleString(t.locale, isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" });
}
