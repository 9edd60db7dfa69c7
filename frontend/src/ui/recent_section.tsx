import { forget, hashOf, recentPads, type Session } from "../session";
import { t } from "../strings";

/** Pads this browser was in; the list is nobody else's. */
export function RecentSection({ session }: { session: Session }) {
  if (others(session).length === 0) return null;
  return (
    <details class="recent">
      <summary>{t.recent.heading}</summary>
      <RecentList session={session} />
    </details>
  );
}

export function RecentList({ session }: { session: Session }) {
  const pads = others(session);
  if (pads.length === 0) return null;
  return (
    <ul class="recent-list" aria-label={t.recent.heading}>
      {pads.map(({ id, title }) => (
        <li key={id}>
          <a href={hashOf({ id, otp: null })}>{title}</a>
          <button type="button" class="quiet" aria-label={t.recent.forget(title)} onClick={() => forget(id)}>
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}

function others(session: Session) {
  return recentPads.value.filter(({ id }) => id !== session.padId);
}
