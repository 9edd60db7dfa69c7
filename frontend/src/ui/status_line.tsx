import { useMemo } from "preact/hooks";
import type { Session } from "../session";
import { t } from "../strings";
import { statusOf } from "./status";

/** Said by words and shape, not by colour alone. */
const SIGNS = { good: "✓", busy: "…", bad: "!" } as const;

export function StatusLine({ session }: { session: Session }) {
  const status = useMemo(() => statusOf(session), [session]);
  const { mood, text, hint, canRetry } = status.value;
  return (
    <section class={`status ${mood}`} aria-label={t.status.heading}>
      <p class="status-text">
        <span class="sign" aria-hidden="true">
          {SIGNS[mood]}
        </span>
        <span data-testid="status">{text}</span>
      </p>
      {hint && <p class="hint">{hint}</p>}
      {canRetry && (
        <button type="button" onClick={() => session.connectNow()}>
          {t.status.retryNow}
        </button>
      )}
    </section>
  );
}

/** For the bar on small screens. */
export function StatusSign({ session }: { session: Session }) {
  const status = useMemo(() => statusOf(session), [session]);
  const { mood, text, hint, kept } = status.value;
  return (
    <span class={`status-sign ${mood}`} title={[text, hint].filter(Boolean).join(". ")}>
      <span class="sign" aria-hidden="true">
        {SIGNS[mood]}
      </span>
      <span class="status-words">
        <span class="status-short">{text}</span>
        {kept && <span class="status-kept">{kept}</span>}
      </span>
    </span>
  );
}
