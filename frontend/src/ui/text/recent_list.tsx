import type { ComponentChildren } from "preact";
import { forgetPad, recentPads } from "../../browser";
import { hashOf, type Session } from "../../session";
import { t } from "../../strings";
import { shortDate } from "../base/dates";
import { Icon } from "../base/icon";
import { Words } from "../base/words";

/** The pads that this browser was in; nobody else has the list. The heading is there only when there is something
 * below it. */
export function RecentList({ session, heading }: { session: Session; heading?: ComponentChildren }) {
  const pads = others(session);
  if (pads.length === 0) return null;
  return (
    <>
      {heading}
      <ul class="recent-list" aria-label={t.recent.heading}>
        {pads.map(({ id, title, otp, at }) => (
          <li key={id}>
            <a href={hashOf({ id, otp: null })} title={title} translate={false}>
              <Words text={title} />
            </a>
            {otp && <Icon name="lock" label={t.recent.protected} />}
            {at !== undefined && <time dateTime={new Date(at).toISOString()}>{shortDate(at)}</time>}
            <button type="button" class="quiet icon-button" aria-label={t.recent.forget(title)} title={t.recent.forget(title)} onClick={() => forgetPad(id)}>
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function others(session: Session) {
  return recentPads.value.filter(({ id }) => id !== session.padId);
}
