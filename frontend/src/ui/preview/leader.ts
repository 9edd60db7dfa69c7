/** Which of two panes that scroll in step is the one that somebody scrolls: that one leads, and what the other does is
 * not answered. */

const DEEDS = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

export class Leader {
  /** False: the text leads. */
  isPreview = false;
  readonly #stop = new AbortController();

  constructor(preview: HTMLElement, text: HTMLElement) {
    const { signal } = this.#stop;
    for (const deed of DEEDS) {
      preview.addEventListener(deed, () => (this.isPreview = true), { passive: true, signal });
      text.addEventListener(deed, () => (this.isPreview = false), { passive: true, capture: true, signal });
    }
  }

  stop(): void {
    this.#stop.abort();
  }
}
