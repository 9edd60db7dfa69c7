/** What is pressed stays until it is let go: of an element that is replaced meanwhile the browser makes no click. */

/** A press that never ends, to the page, holds nothing up for longer. */
const LONGEST_MS = 2_000;

export class Pressed {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: (() => void) | null = null;
  readonly #begin = () => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#end, LONGEST_MS);
  };
  readonly #end = () => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const work = this.#waiting;
    this.#waiting = null;
    if (work) setTimeout(work, 0); // behind the click
  };

  constructor(private readonly parent: HTMLElement) {
    parent.addEventListener("pointerdown", this.#begin);
    for (const type of ["pointerup", "pointercancel"]) addEventListener(type, this.#end);
  }

  /** Does it now, or when nothing in the parent is pressed any more; in place of what waits for that. */
  whenFree(work: () => void): void {
    if (this.#timer === undefined) work();
    else this.#waiting = work;
  }

  stop(): void {
    this.#waiting = null;
    this.#end();
    this.parent.removeEventListener("pointerdown", this.#begin);
    for (const type of ["pointerup", "pointercancel"]) removeEventListener(type, this.#end);
  }
}
