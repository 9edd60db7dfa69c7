import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Session } from "../../session";
import { t } from "../../strings";
import { type Mood, statusOf } from "../pad/status";
import { Words } from "../base/words";

/** Said by words and shape, not by colour alone. */
const SIGNS = { good: "✓", busy: "…", bad: "!" } as const;

const useStatus = (session: Session) => useMemo(() => statusOf(session), [session]).value;

/** The state of the connection, in the sidebar. */
export function StatusLine({ session }: { session: Session }) {
  const { mood, text, hint } = useStatus(session);
  return (
    <section class={`status ${mood}`} aria-label={t.status.heading}>
      <p class="status-text">
        <Sign mood={mood} />
        <span data-testid="status">
          <Words text={text} />
        </span>
      </p>
      {hint && (
        <p class="hint">
          <Words text={hint} />
        </p>
      )}
      <Retry session={session} />
    </section>
  );
}

/** The state of the connection, for the bar on small screens. */
export function StatusSign({ session }: { session: Session }) {
  const { mood, text, hint, kept } = useStatus(session);
  return (
    <span class={`status-sign ${mood}`} title={[text, hint].filter(Boolean).join(". ")}>
      <Sign mood={mood} />
      <span class="status-words">
        <span class="status-short">
          <Words text={text} />
        </span>
        {kept && (
          <span class="status-kept">
            <Words text={kept} />
          </span>
        )}
      </span>
    </span>
  );
}

function Sign({ mood }: { mood: Mood }) {
  return (
    <span class="sign" aria-hidden="true" translate={false}>
      <Words text={SIGNS[mood]} />
    </span>
  );
}

/** A button to try again, where that is up to the user or may be sooner than planned. */
export function Retry({ session }: { session: Session }) {
  if (!useStatus(session).canRetry) return null;
  return (
    <button type="button" onClick={() => session.retryConnection()}>
      {t.status.retryNow}
    </button>
  );
}

/** A state that passes within this is not worth interrupting anybody for. */
const LASTING_MS = 1_500;

/** Tells those who listen to the page that the connection has become another:
 * not how many seconds or changes there are, and not that all is well from the
 * start. */
export function StatusVoice({ session }: { session: Session }) {
  const { mood, spoken } = useStatus(session);
  const said = useSignal("");
  const known = useRef<string | null>(null);
  const latest = useRef<string | null>(null);
  latest.current = spoken ?? latest.current;
  useEffect(() => {
    const now = latest.current;
    if (known.current === null && mood === "good") known.current = now;
    if (now === null || now === known.current) return;
    const timer = setTimeout(() => (said.value = known.current = now), LASTING_MS);
    return () => clearTimeout(timer);
  }, [latest.current]);
  return (
    <div class="visually-hidden" aria-live="polite">
      <Words text={said.value} />
    </div>
  );
}
