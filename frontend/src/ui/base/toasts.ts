/** Short messages over the page, as they come. */

import { signal } from "@preact/signals";
import { languageName } from "../../editor";
import { loadChunk } from "../../browser";
import type { Notice, RightsNotice } from "../../session";
import { t } from "../../strings";
import { JoinLeaveDigest } from "./join_leave_digest";

const SHOWN_MS = 6000;
/** What one can do something about takes longer to read, and the way to the button is long. */
const SHOWN_WITH_ACTION_MS = 15_000;
/** Joins and leaves within this are told in one sentence. */
const GATHER_MS = 1500;

/** The way in which a toast is shown: for a moment or until it is dismissed, which what one can do about it does too. One
 * about the same thing takes the place of the one before. */
export interface ToastOptions {
  stay?: "a_moment" | "until_dismissed";
  about?: "file" | "image" | "input" | "saving" | "offer" | "language" | "protection" | "role" | "suggestion" | "person" | "comment";
  action?: ToastAction;
}

/** What one can do about what a toast says: the words on a button, and what it does. */
export interface ToastAction {
  label: string;
  run: () => void;
}

interface Toast {
  key: number;
  text: string;
  about: ToastOptions["about"];
  action: ToastAction | undefined;
}

/** `notify` shows one to everybody; joins and leaves, and what the user did, only reach
 * those who listen to the page: the list of people and the place where it was done show them already. */
export class Toasts {
  readonly shown = signal<readonly Toast[]>([]);
  /** Words for those alone who listen to the page. */
  readonly spoken = signal("");
  #next = 0;
  #digest = new JoinLeaveDigest();
  /** True while joins and leaves are gathered. */
  #gathering = false;
  #silence: ReturnType<typeof setTimeout> | undefined;

  /** Shows a toast. The function that it returns takes it away, if it is still there. */
  notify(text: string, { stay = "a_moment", about, action }: ToastOptions = {}): () => void {
    const toast = { key: this.#next++, text, about, action };
    const others = this.shown.peek().filter((it) => about === undefined || it.about !== about);
    this.shown.value = [...others.slice(-3), toast];
    const dismiss = () => this.dismiss(toast.key);
    if (stay === "a_moment") setTimeout(dismiss, action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
    return dismiss;
  }

  /** Takes a toast away. */
  dismiss(key: number): void {
    this.shown.value = this.shown.peek().filter((toast) => toast.key !== key);
  }

  /** Tells of something that happened in the pad. */
  hear(notice: Notice): void {
    if ("who" in notice) this.#gather(notice);
    else if ("right" in notice) void this.#tellOfRight(notice);
    else if ("mine" in notice && notice.mine) this.#say(sentence(notice));
    else this.notify(sentence(notice), { about: subjectOf(notice) });
  }

  /** Seldom told, so the words come when it is. Whoever did it sees it where it was done. */
  async #tellOfRight({ right, by, mine, at = null }: RightsNotice): Promise<void> {
    const words = (await loadChunk("words about rights", t.rightsNews))?.[right];
    if (!words) return;
    if (mine) this.#say(words.mine);
    else this.notify(words.of(by, at), { about: "role" });
  }

  #gather({ kind, who }: { kind: "joined" | "left"; who: string }): void {
    this.#digest.add(kind, who);
    if (this.#gathering) return;
    this.#gathering = true;
    setTimeout(() => this.#speak(), GATHER_MS);
  }

  #speak(): void {
    const { joined, left } = this.#digest.take();
    const sentences = [
      joined.length > 0 ? t.notice.joined(listed(joined), joined.length) : "",
      left.length > 0 ? t.notice.left(listed(left), left.length) : "",
    ];
    this.#gathering = false;
    this.#say(sentences.filter(Boolean).join(". "));
  }

  #say(words: string): void {
    this.spoken.value = words;
    // Words that stay would be said again in each region that shows them later.
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => (this.spoken.value = ""), SHOWN_MS);
  }
}

/** More names than these are only counted: they would be read out for ever. */
const NAMED_MOST = 3;

function listed(names: readonly string[]): string {
  if (names.length > NAMED_MOST) return t.notice.people(names.length);
  return new Intl.ListFormat(t.locale).format(names);
}

function subjectOf({ kind }: Notice): ToastOptions["about"] {
  if (kind === "language") return "language";
  return kind === "protected" || kind === "unprotected" ? "protection" : undefined;
}

function sentence(notice: Exclude<Notice, RightsNotice | { who: string }>): string {
  if (notice.kind === "recoloured") return t.notice.recoloured;
  const { kind, by, mine } = notice;
  if (kind === "language") {
    const label = languageName(notice.language) ?? t.language.plain;
    return mine ? t.notice.languageMine(label) : t.notice.language(label, by);
  }
  if (kind === "protected") return mine ? t.notice.protectedMine : t.notice.protected(by);
  return mine ? t.notice.unprotectedMine : t.notice.unprotected(by);
}
