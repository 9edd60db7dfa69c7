import { useEffect } from "preact/hooks";
import { lazy } from "../base/lazy";
import type { Pad } from "../pad/pad";
import { StatusLine } from "./status_line";

const Sections = lazy("sidebar", async () => (await import("./sidebar_sections")).SidebarSections);

/** What stands beside the text: the state of the connection at once, and the rest when its code has come. */
export function Sidebar({ pad }: { pad: Pad }) {
  return (
    <>
      <StatusLine session={pad.session} />
      <Sections pad={pad} />
    </>
  );
}

/** Loads the rest also where the sidebar is hidden: it may be wanted when there is no connection. */
export function usePreparedSidebar(): void {
  useEffect(() => void Sections.prepare(), []);
}
