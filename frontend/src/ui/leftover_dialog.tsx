import { Dialog } from "./dialog";
import type { UnsentRecord } from "../session";
import { t } from "../strings";

interface Props {
  record: UnsentRecord;
  decided: (send: boolean) => void;
}

/** Offers what an earlier visit could not send. */
export function LeftoverDialog({ record, decided }: Props) {
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
    </Dialog>
  );
}
