import { Dialog } from "./dialog";
import { CopyButton } from "./copy_button";
import type { UnsentRecord } from "../session";
import { t } from "../strings";

interface Props {
  record: UnsentRecord;
  /** As it stood in the tab that left it. */
  text: string;
  decided: (send: boolean) => void;
}

/** Offers what an earlier visit could not send, to be looked at before it is
 * sent or thrown away. */
export function LeftoverDialog({ record, text, decided }: Props) {
  const when = new Date(record.savedAtMs).toLocaleString(t.locale);
  return (
    <Dialog label={t.leftover.heading}>
      <h2>{t.leftover.heading}</h2>
      <p>{t.leftover.explain(record.changes, when)}</p>
      <form onSubmit={(event) => (event.preventDefault(), decided(true))}>
        <div class="actions">
          <button type="submit">{t.leftover.send}</button>
          <button type="button" onClick={() => decided(false)}>
            {t.leftover.discard}
          </button>
        </div>
      </form>
      <details>
        <summary>{t.leftover.show}</summary>
        <textarea class="leftover-text" aria-label={t.leftover.text} readOnly rows={8} value={text} />
        <CopyButton text={() => text} label={t.refusal.copy} />
      </details>
    </Dialog>
  );
}
