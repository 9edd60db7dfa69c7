/** The page as the browser shows it: in view or hidden, left, come back, loaded anew. */

/** A page, or what stands for one in a test. */
export interface Page {
  /** True while nobody can see the page: it is in the background, or its window is minimised. */
  isHidden(): boolean;
  /** Runs `run` before the next paint. A hidden page is not painted. */
  nextFrame(run: () => void): void;
  /** Loads the page anew. */
  reload(): void;
  /** Calls `listener` at each event of that kind. */
  addEventListener(type: PageEvent, listener: (event: Event & { readonly persisted?: boolean }) => void): void;
}

/** beforeunload: it may be left. pagehide: it is left, for good or into the cache of pages. pageshow: it is
 * shown, for the first time or, when `persisted`, out of that cache. visibilitychange: isHidden() has changed.
 * online, offline: the machine's network came or went. */
export type PageEvent = "beforeunload" | "pagehide" | "pageshow" | "visibilitychange" | "online" | "offline";

/** The page that this code runs in. Under Node it is never hidden and never left. */
export const page: Page = {
  isHidden: () => globalThis.document?.hidden ?? false,
  nextFrame: (run) => void requestAnimationFrame(run),
  reload: () => location.reload(),
  addEventListener: (type, listener) => {
    const target = type === "visibilitychange" ? globalThis.document : globalThis;
    target?.addEventListener?.(type, listener);
  },
};
