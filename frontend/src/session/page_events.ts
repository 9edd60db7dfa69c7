/** Passes the events of a page on to its session. */

import { watchSleep } from "../browser";
import { browserEnvironment, type Environment } from "./environment";
import type { Session } from "./session";

/** Writes down what is unsent when the page may go away, and looks after the
 * connection when it is looked at again, or the network or the machine is back. */
export function followPage(session: Session, { clock, page }: Pick<Environment, "clock" | "page"> = browserEnvironment): void {
  page.addEventListener("beforeunload", () => session.onBeforeUnload());
  page.addEventListener("pagehide", () => void session.onPageHide());
  page.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) void session.onPageRestored();
  });
  page.addEventListener("online", () => session.reconnectNow());
  page.addEventListener("offline", () => session.reconnectNow());
  page.addEventListener("visibilitychange", () => {
    if (!page.isHidden()) session.reconnectNow();
  });
  watchSleep(() => session.reconnectNow(), clock);
}
