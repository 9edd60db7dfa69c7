import { Dialog } from "../base/dialog";
import { CopyButton } from "../base/copy_button";
import type { UnsentRecord } from "../../browser";
import { t } from "../../strings";

interface Props {
  record: UnsentRecord;
  /** The whole text as it stood in the tab that left it. */
  text: string;
  decided: (send: boolean) => void;
}

/** Offers what an earlier visit could not send, to be looked at before it is
 * sent or thrown away. */
export function RecoveredDraftDialog({ record, text, decided }: Props) {
  const when = new Date(record.savedAtMs).toLocaleString(t.locale);
  return (
    <Dialog label={t.recoveredDraft.heading}>
      <h2>{t.recoveredDraft.heading}</h2>
      <p>{t.recoveredDraft.explain(record.changes, when)}</p>
      <form onSubmit={(event) => (event.preventDefault(), decided(true))}>
        <div class="actions">
          <button type="submit">{t.recoveredDraft.send}</button>
          <button type="button" onClick={() => decided(false)}>
            {t.recoveredDraft.discard}
          </button>
        </div>
      </form>
      <details>
        <summary>{t.recoveredDraft.show}</summary>
        <textarea class="recovered-draft-text" aria-label={t.recoveredDraft.text} readOnly rows={8} value={text} />
        <CopyButton text={() => text} label={t.refusal.copy} />
      </details>
    </Dialog>
  );
}
