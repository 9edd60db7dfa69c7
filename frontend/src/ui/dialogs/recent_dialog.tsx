import { t } from "../../strings";
import { Dialog } from "../base/dialog";
import { PanelHead } from "../base/panel_head";
import type { Pad } from "../pad/pad";
import { RecentList } from "../text/recent_list";

/** The pads that this browser was in. */
export function RecentDialog({ pad, nothing, onClose }: { pad: Pad; nothing: string; onClose: () => void }) {
  return (
    <Dialog label={t.recent.heading} class="sheet" onClose={onClose}>
      <PanelHead heading={t.recent.heading} onClose={onClose} />
      <RecentList session={pad.session} nothing={nothing} />
    </Dialog>
  );
}
