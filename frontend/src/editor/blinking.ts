/**
 * The blinking of the own carets.
 *
 * CodeMirror has them blink by an animation that begins anew at each key. While
 * an animation runs, Chromium prepares every frame of it, and shows what a key
 * changed a frame later: in an empty pad that was half of the time that a key
 * takes. So a caret stands while somebody types, and what blinks when they rest
 * is a class, twice a second.
 */

import type { Extension } from "@codemirror/state";
import { type EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import "./blinking.css";

const HALF_MS = 600;
/** After so many halves without a key it stands still again: a page that nobody uses should do nothing. */
const HALVES = 32;

/** For the editor's configuration; theme.ts takes CodeMirror's animation away. */
export const blinking: Extension = ViewPlugin.define((view) => new Blinking(view));

class Blinking {
  /** Runs while they blink. */
  #timer: ReturnType<typeof setInterval> | undefined;
  /** The halves since they last moved. They are hidden in every second one. */
  #halves = 0;

  constructor(private readonly view: EditorView) {
    if (view.hasFocus) this.#begin();
  }

  update({ focusChanged, selectionSet }: ViewUpdate): void {
    if (!focusChanged && !selectionSet) return;
    if (this.view.hasFocus) this.#begin();
    else this.#stop();
  }

  destroy(): void {
    this.#stop();
  }

  #begin(): void {
    if (this.#halves > 1) this.#show(true);
    // What is left of this half is not one: a caret that has just moved is seen for a whole one at least.
    this.#halves = 0;
    if (this.#timer !== undefined || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.#timer = setInterval(() => this.#next(), HALF_MS);
  }

  #next(): void {
    this.#halves += 1;
    if (this.#halves > HALVES) this.#stop();
    else if (this.#halves > 1) this.#show(this.#halves % 2 === 1);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#halves = 0;
    this.#show(true);
  }

  #show(isShown: boolean): void {
    const layers = this.view.scrollDOM.querySelectorAll(":scope > .cm-cursorLayer");
    for (const layer of layers) layer.classList.toggle("dark-half", !isShown);
  }
}
