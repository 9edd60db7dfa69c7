import { t } from "../../strings";
import { Icon } from "../base/icon";
import { isNarrow } from "../base/media";
import { Words } from "../base/words";
import type { Pad } from "../pad/pad";
import { Avatars } from "./avatars";
import { ModeSwitch } from "./mode_switch";
import { StatusSign } from "./status_sign";

/** What is always in sight: which pad this is, whether it is safe, who is here, and how others come here. */
export function Header({ pad }: { pad: Pad }) {
  const menu = { "aria-haspopup": "dialog", "aria-expanded": pad.menu.value, onClick: () => void (pad.menu.value = true) } as const;
  return (
    <header class="header">
      <img class="logo" src="./favicon.svg" alt="" width="20" height="20" />
      <h1>
        {isNarrow.value ? (
          <Title pad={pad} />
        ) : (
          <button type="button" class="quiet title-button" title={t.frame.menu} {...menu}>
            <Title pad={pad} />
            <span aria-hidden="true">▾</span>
          </button>
        )}
      </h1>
      <StatusSign session={pad.session} />
      <ModeSwitch pad={pad} />
      <Avatars pad={pad} />
      {pad.session.end.value === null && (
        <button type="button" class="primary share-button" onClick={() => (pad.dialog.value = "share")}>
          {isNarrow.value ? <Icon name="share" /> : null}
          <span class={isNarrow.value ? "visually-hidden" : ""}>{t.share.heading}</span>
        </button>
      )}
      {isNarrow.value && (
        <button type="button" class="quiet icon-button" aria-label={t.frame.menu} title={t.frame.menu} {...menu}>
          <Icon name="more" />
        </button>
      )}
    </header>
  );
}

function Title({ pad }: { pad: Pad }) {
  return (
    <span class="title" translate={false} title={pad.title.value}>
      <Words text={pad.title.value} />
    </span>
  );
}
