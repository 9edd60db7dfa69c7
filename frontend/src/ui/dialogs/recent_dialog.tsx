import { t } from "../../strings";
import { Dialog } from "../base/dialog";
import { Icon } from "../base/icon";
import type { Pad } from "../pad/pad";
import { RecentList } from "../text/recent_list";

/** The pads that this browser was in. */
export function RecentDialog({ pad, onClose }: { pad: Pad; onClose: () => void }) {
  return (
    <Dialog label={t.recent.heading} class="sheet" onClose={onClose}>
      <div class="panel-head">
        <h2>{t.recent.heading}</h2>
        <button type="button" class="quiet icon-button" aria-label={t.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <RecentList session={pad.session} />
    </Dialog>
  );
}
