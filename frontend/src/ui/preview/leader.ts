/** Which of two panes that scroll in step is the one that somebody scrolls: that one leads, and what the other does is
 * not answered. */

const DEEDS = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

export class Leader {
  /** False: the text leads, and so does what leads to places in it. */
  isPreview = false;
  readonly #stop = new AbortController();

  constructor(preview: HTMLElement) {
    const { signal } = this.#stop;
    const note = ({ target }: Event) => (this.isPreview = target instanceof Node && preview.contains(target));
    for (const deed of DEEDS) document.addEventListener(deed, note, { passive: true, capture: true, signal });
  }

  stop(): void {
    this.#stop.abort();
  }
}
