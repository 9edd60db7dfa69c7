/**
 * Gives the editor what others did, their changes and their carets.
 *
 * A line in which the user composes text with an input method (pinyin, a word on a phone) is left alone until that
 * is done: changed under it, what is composed would be torn off and typed a second time. After
 * HOLD_MS it is ended from here, as by a click elsewhere, since nobody's text may wait for ever.
 */

import type { Clock, Timer } from "../clock";
import type { Change } from "../kernel";
import type { Sync } from "../sync";
import type { Presence } from "./presence";
import type { RemovalGuard } from "./removal_guard";
import type { EditorPort } from "./types";

/** What others did waits no longer. */
const HOLD_MS = 10_000;
/** How often it is looked whether the composition is done: the gap between two words on a phone is no longer. */
const LOOK_MS = 50;

export class Painter {
  /** When the oldest change that waits began to, on the clock of elapsed(); null: none waits. */
  #waitsSinceMs: number | null = null;
  /** The next look; undefined when none waits. */
  #timer: Timer | undefined;
  /** True once those who wait have waited long enough: until none does any more, nothing is left alone. */
  #isOverdue = false;
  #onDone: () => void = () => {};

  constructor(
    private readonly sync: Sync,
    private readonly presence: Presence,
    private readonly removals: RemovalGuard,
    private readonly clock: Clock,
  ) {}

  /** Calls `onDone` when what waits may be given to the editor: by paint(). */
  listen(onDone: () => void): void {
    this.#onDone = onDone;
  }

  /** Brings the editor up to date, as far as that may be. */
  paint(editor: EditorPort): void {
    const kept = this.#isOverdue ? null : editor.composing();
    let changes: Change[] = [];
    const carets = this.presence.resolveCarets(() => (changes = this.sync.takeChanges(kept)));
    if (changes.length > 0) this.removals.changing(changes, editor.shown());
    if (changes.length > 0 || carets.size > 0) editor.applyRemote(changes, carets, this.presence.takeTypists());
    if (changes.length > 0) this.removals.changed(editor.shown());
    if (this.sync.isShownLate) this.wait(editor);
    else this.stop();
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waitsSinceMs = null;
    this.#isOverdue = false;
  }

  /** Brings the editor up to date soon, when nothing is composed where that would change anything. */
  wait(editor: EditorPort): void {
    this.#waitsSinceMs ??= this.clock.elapsed();
    this.#timer ??= this.clock.setTimeout(() => {
      this.#timer = undefined;
      this.#look(editor);
    }, LOOK_MS);
  }

  #look(editor: EditorPort): void {
    if (this.#isOverdue || editor.composing() === null) return this.#onDone();
    if (this.clock.elapsed() - this.#waitsSinceMs! >= HOLD_MS) {
      // The editor is given what waits with the next look: what ends may have something to say before.
      this.#isOverdue = true;
      editor.endComposition();
    }
    this.wait(editor);
  }
}
