/** Which panel stands beside the text, and who has the keyboard back when it closes. On wide screens it is remembered;
 * on small ones it lies over the text, and none is there until somebody asks for it. */

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { type PanelId, setSettings, settings } from "../../browser";
import { isNarrow } from "../base/media";

export class OpenPanel {
  readonly #id = signal<PanelId | null>(null);
  /** What had the keyboard before somebody opened it; null: nobody did, it was there from the start. */
  #before: HTMLElement | null = null;

  constructor() {
    effect(() => void (this.#id.value = isNarrow.value ? null : settings.peek().panel));
  }

  /** null: none. */
  get id(): ReadonlySignal<PanelId | null> {
    return this.#id;
  }

  /** True when somebody opened it on this visit, and so wants to be in it. */
  get isAskedFor(): boolean {
    return this.#before !== null;
  }

  /** Opens it, in the place of another one. */
  open(id: PanelId): void {
    if (this.#id.peek() === null) this.#before = document.activeElement as HTMLElement;
    this.#show(id);
  }

  /** The keyboard goes back to where it was; where that is gone, or nobody had opened the panel, to the text. */
  close(): void {
    this.#show(null);
    this.#before?.focus();
    this.#before = null;
    if (document.activeElement?.closest("#panel")) document.querySelector<HTMLElement>(".panes:not([inert]) .cm-content, .past-bar h2")?.focus();
  }

  toggle(id: PanelId): void {
    if (this.#id.peek() === id) this.close();
    else this.open(id);
  }

  #show(id: PanelId | null): void {
    this.#id.value = id;
    if (!isNarrow.peek()) setSettings({ panel: id });
  }
}
