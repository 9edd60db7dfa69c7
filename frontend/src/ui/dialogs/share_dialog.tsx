import { t } from "../../strings";
import { Dialog } from "../base/dialog";
import { Icon } from "../base/icon";
import type { Pad } from "../pad/pad";
import { Protection } from "./protection";
import { ShareSection } from "./share_section";

/** How others come here, and what they need for it. */
export function ShareDialog({ pad, onClose }: { pad: Pad; onClose: () => void }) {
  return (
    <Dialog label={t.share.heading} class="sheet" onClose={onClose}>
      <div class="panel-head">
        <h2>{t.share.heading}</h2>
        <button type="button" class="quiet icon-button" aria-label={t.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <ShareSection session={pad.session} />
      <Protection session={pad.session} notify={pad.notify} />
    </Dialog>
  );
}
