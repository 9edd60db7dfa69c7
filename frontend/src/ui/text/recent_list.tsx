import type { ComponentChildren } from "preact";
import { forgetPad, recentPads } from "../../browser";
import { hashOf, type Session } from "../../session";
import { t } from "../../strings";
import { shortDate } from "../base/dates";
import { Icon } from "../base/icon";
import { Words } from "../base/words";

interface Props {
  session: Session;
  /** There only when there is something below it. */
  heading?: ComponentChildren;
  /** Said where there is no other pad. */
  nothing?: string;
}

/** The pads that this browser was in; nobody else has the list. */
export function RecentList({ session, heading, nothing }: Props) {
  const pads = others(session);
  if (pads.length === 0) return nothing ? <p class="hint">{nothing}</p> : null;
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
