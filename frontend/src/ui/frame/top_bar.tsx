import type { Signal } from "@preact/signals";
import { t } from "../../strings";
import { Dialog } from "../base/dialog";
import { Icon } from "../base/icon";
import { isNarrow } from "../base/media";
import type { Pad } from "../pad/pad";
import { Sidebar } from "./sidebar";
import { SidebarButton } from "./sidebar_button";
import { StatusSign } from "./status_line";

/** The page's name and picture. */
export function Brand() {
  return (
    <h1 class="brand">
      <img src="./favicon.svg" alt="" width="22" height="22" />
      <span>{t.appName}</span>
    </h1>
  );
}

/** Stands in place of the sidebar: the state of the connection, and a button that brings
 * the sidebar back, on small screens as a drawer. */
export function TopBar({ pad, isOpen }: { pad: Pad; isOpen: Signal<boolean> }) {
  return (
    <header class={isNarrow.value ? "top-bar" : "top-bar as-sidebar"}>
      <Brand />
      <StatusSign session={pad.session} />
      {isNarrow.value ? <Drawer pad={pad} isOpen={isOpen} /> : <SidebarButton wants="shown" />}
    </header>
  );
}

function Drawer({ pad, isOpen }: { pad: Pad; isOpen: Signal<boolean> }) {
  const close = () => (isOpen.value = false);
  return (
    <>
      <button
        type="button"
        class="quiet icon-button"
        aria-label={t.menu}
        title={t.menu}
        aria-haspopup="dialog"
        onClick={() => (isOpen.value = true)}
      >
        <Icon name="menu" />
      </button>
      {isOpen.value && (
        <Dialog label={t.menu} class="drawer" onClose={close}>
          <button type="button" class="quiet icon-button close" aria-label={t.closeMenu} onClick={close}>
            <Icon name="close" />
          </button>
          <Sidebar pad={pad} />
        </Dialog>
      )}
    </>
  );
}
