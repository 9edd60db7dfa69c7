/** The page as the browser shows it: in view or hidden, left, come back, loaded anew. */

export interface Page {
  /** True while nobody can see the page: in another tab's shadow, or minimised. */
  isHidden(): boolean;
  /** Runs `run` before the next paint. A hidden page is not painted. */
  nextFrame(run: () => void): void;
  /** Loads the page anew. */
  reload(): void;
  /** "pagehide": it is left, for good or into the cache of pages; "pageshow": it is shown, for the first time or again. */
  addEventListener(type: "pagehide" | "pageshow", listener: () => void): void;
}

/** The page that this code runs in. Under Node it is never hidden and never left. */
export const page: Page = {
  isHidden: () => globalThis.document?.hidden ?? false,
  nextFrame: (run) => void requestAnimationFrame(run),
  reload: () => location.reload(),
  addEventListener: (type, listener) => globalThis.addEventListener?.(type, listener),
};
