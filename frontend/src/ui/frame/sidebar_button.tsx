import { useLayoutEffect, useRef } from "preact/hooks";
import { setSettings } from "../../browser";
import { t } from "../../strings";
import { Icon } from "../base/icon";

/** True when one of the two buttons was pressed: the other one, which comes in its
 * place, takes the keyboard over. */
let changesHands = false;

/** Hides the sidebar on wide screens, or brings it back. */
export function SidebarButton({ wants }: { wants: "hidden" | "shown" }) {
  const ref = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (changesHands) ref.current!.focus();
    changesHands = false;
  }, []);
  const label = wants === "hidden" ? t.hideSidebar : t.menu;
  const press = () => {
    changesHands = true;
    setSettings({ collapsed: wants === "hidden" });
  };
  return (
    <button ref={ref} type="button" class="quiet icon-button hide" aria-label={label} title={label} onClick={press}>
      <Icon name="sidebar" />
    </button>
  );
}
