/** What happens in a pad, in words: loaded behind the editor, with them. */

import { loadChunk } from "../../browser";
import { languageName } from "../../editor";
import type { Notice, RightsNotice } from "../../session";
import { t } from "../../strings";
import { frameWords } from "./frame_words";
import { JoinLeaveDigest } from "./join_leave_digest";
import type { ToastOptions, Toasts } from "./toasts";

/** Joins and leaves within this are told in one sentence. */
const GATHER_MS = 1500;

/** Tells everybody of what others did. Joins and leaves, and what the user did, only reach those who listen to the page: the
 * list of people and the place where it was done show them already. */
export class News {
  #digest = new JoinLeaveDigest();
  /** True while joins and leaves are gathered. */
  #gathering = false;

  constructor(private readonly toasts: Toasts) {}

  /** Tells of something that happened in the pad. */
  hear(notice: Notice): void {
    if ("who" in notice) this.#gather(notice);
    else if ("right" in notice) void this.#tellOfRight(notice);
    else if ("mine" in notice && notice.mine) this.toasts.say(sentence(notice));
    else this.toasts.notify(sentence(notice), { about: subjectOf(notice) });
  }

  /** Seldom told, so the words come when it is. Whoever did it sees it where it was done. */
  async #tellOfRight({ right, by, mine, at = null }: RightsNotice): Promise<void> {
    const words = (await loadChunk("words about rights", t.rightsNews))?.[right];
    if (!words) return;
    if (mine) this.toasts.say(words.mine);
    else this.toasts.notify(words.of(by, at), { about: "role" });
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
      joined.length > 0 ? frameWords.now.news.joined(listed(joined), joined.length) : "",
      left.length > 0 ? frameWords.now.news.left(listed(left), left.length) : "",
    ];
    this.#gathering = false;
    this.toasts.say(sentences.filter(Boolean).join(". "));
  }
}

/** More names than these are only counted: they would be read out for ever. */
const NAMED_MOST = 3;

function listed(names: readonly string[]): string {
  if (names.length > NAMED_MOST) return frameWords.now.news.people(names.length);
  return new Intl.ListFormat(t.locale).format(names);
}

function subjectOf({ kind }: Notice): ToastOptions["about"] {
  if (kind === "language") return "language";
  return kind === "protected" || kind === "unprotected" ? "protection" : undefined;
}

function sentence(notice: Exclude<Notice, RightsNotice | { who: string }>): string {
  if (notice.kind === "recoloured") return frameWords.now.news.recoloured;
  const { kind, by, mine } = notice;
  if (kind === "language") {
    const label = languageName(notice.language) ?? t.language.plain;
    return mine ? frameWords.now.news.languageMine(label) : frameWords.now.news.language(label, by);
  }
  if (kind === "protected") return mine ? frameWords.now.news.protectedMine : frameWords.now.news.protected(by);
  return mine ? frameWords.now.news.unprotectedMine : frameWords.now.news.unprotected(by);
}
