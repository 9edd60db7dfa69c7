import { forget, hashOf, recentPads, type Session } from "../session";
import { t } from "../strings";

/** Pads this browser was in; the list is nobody else's. */
export function RecentSection({ session }: { session: Session }) {
  const others = recentPads.value.filter(({ id }) => id !== session.padId);
  if (others.length === 0) return null;
  return (
    <details class="recent">
      <summary>{t.recent.heading}</summary>
      <ul>
        {others.map(({ id, title }) => (
          <li key={id}>
            <a href={hashOf({ id, otp: null })}>{title}</a>
            <button type="button" class="quiet" aria-label={t.recent.forget(title)} onClick={() => forget(id)}>
              ×
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
