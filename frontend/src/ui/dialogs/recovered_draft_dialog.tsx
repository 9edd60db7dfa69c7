import { Dialog } from "../base/dialog";
import { CopyButton } from "../base/copy_button";
import type { UnsentRecord } from "../../browser";
import { LateWords, t } from "../../strings";

/** They are loaded before it is shown. */
export const recoveredDraftWords = new LateWords(() => t.recoveredDraft());

interface Props {
  record: UnsentRecord;
  /** The whole text as it stood in the tab that left it. */
  text: string;
  decided: (send: boolean) => void;
}

/** Offers what an earlier visit could not send, to be looked at before it is
 * sent or thrown away. */
export function RecoveredDraftDialog({ record, text, decided }: Props) {
  const words = recoveredDraftWords.now;
  const when = new Date(record.savedAtMs).toLocaleString(t.locale);
  return (
    <Dialog label={words.heading}>
      <h2>{words.heading}</h2>
      <p>{words.explain(record.changes, when)}</p>
      <form onSubmit={(event) => (event.preventDefault(), decided(true))}>
        <div class="actions">
          <button type="submit">{words.send}</button>
          <button type="button" onClick={() => decided(false)}>
            {words.discard}
          </button>
        </div>
      </form>
      <details>
        <summary>{words.show}</summary>
        <textarea class="recovered-draft-text" aria-label={words.text} readOnly rows={8} value={text} />
        <CopyButton text={() => text} label={words.copy} />
      </details>
    </Dialog>
  );
}
