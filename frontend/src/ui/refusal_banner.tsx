import type { Session } from "../session";
import { t } from "../strings";
import { downloadText } from "./copy";
import { CopyButton } from "./copy_button";

/** A change the server did not take: why, and every way out. */
export function RefusalBanner({ session }: { session: Session }) {
  const refusal = session.refusal.value;
  if (!refusal) return null;
  const { code, message, limit } = refusal;
  const why = t.refusal.why[code]?.(limit === null ? t.refusal.someLimit : t.bytes(limit));
  return (
    <div class="refusal" role="alert">
      <div>
        <strong>{t.refusal.heading}</strong>
        <p>
          {why ?? t.refusal.otherwise(message, code)} {t.refusal.kept}
        </p>
      </div>
      <div class="row">
        <CopyButton text={() => session.localText()} label={t.refusal.copy} />
        <button type="button" onClick={() => downloadText(session.localText(), `${session.padId}.txt`)}>
          {t.refusal.download}
        </button>
        <button type="button" onClick={() => session.undoRefused()}>
          {t.refusal.undo}
        </button>
      </div>
    </div>
  );
}
