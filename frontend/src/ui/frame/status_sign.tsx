import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Session } from "../../session";
import { t } from "../../strings";
import { Icon } from "../base/icon";
import { isNarrow } from "../base/media";
import { Words } from "../base/words";
import { type Mood, statusOf } from "../pad/status";

/** Said by words and shape, not by colour alone. */
const SIGNS = { good: "✓", busy: "…", bad: "!" } as const;

/** The state of the connection, for a component that shows it. */
export const useStatus = (session: Session) => useMemo(() => statusOf(session), [session]).value;

/** The state of the connection: a quiet word when all is well, and in trouble why, and what is kept here. It is busy
 * from the moment of a change until the server has it, also where that is over before it is worth a word. */
export function StatusSign({ session }: { session: Session }) {
  const { mood, text, hint, kept } = useStatus(session);
  const isBusy = useComputed(() => session.unsaved.value > 0);
  const more = isNarrow.value ? kept : hint;
  const kind = session.access.isReader.value ? `status-sign reader ${mood}` : `status-sign ${mood}`;
  return (
    <section class={kind} data-busy={isBusy} aria-label={t.status.heading} title={[text, hint].filter(Boolean).join(". ")}>
      <Sign mood={mood} />
      <span class="status-words">
        <span class="status-short" data-testid="status">
          <Words text={text} />
        </span>
        {more && (
          <span class="status-more">
            <Words text={more} />
          </span>
        )}
      </span>
      <Retry session={session} />
    </section>
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
function Retry({ session }: { session: Session }) {
  if (!useStatus(session).canRetry) return null;
  return (
    <button type="button" aria-label={t.status.retryNow} title={t.status.retryNow} onClick={() => session.retryConnection()}>
      {isNarrow.value ? <Icon name="retry" /> : t.status.retryNow}
    </button>
  );
}
