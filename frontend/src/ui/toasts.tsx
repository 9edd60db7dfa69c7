import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { languageName } from "../editor";
import type { Notice, Session } from "../session";
import { t } from "../strings";
import { Comings } from "./comings";
import { Icon } from "./icon";

const SHOWN_MS = 6000;
/** Comings and goings within this are told in one sentence. */
const GATHER_MS = 1500;

interface Toast {
  key: number;
  text: string;
}

/** Short news. `notify` shows one to everybody; joins and leaves only reach
 * those who listen to the page, since the list of people shows them already. */
export class Toasts {
  readonly shown = signal<readonly Toast[]>([]);
  readonly spoken = signal("");
  #next = 0;
  #comings = new Comings();
  #gathering = false;

  notify(text: string): void {
    const toast = { key: this.#next++, text };
    this.shown.value = [...this.shown.value.slice(-3), toast];
    setTimeout(() => this.dismiss(toast.key), SHOWN_MS);
  }

  dismiss(key: number): void {
    this.shown.value = this.shown.value.filter((toast) => toast.key !== key);
  }

  hear(notice: Notice): void {
    if ("who" in notice) this.#gather(notice);
    else this.notify(sentence(notice));
  }

  #gather({ kind, who }: { kind: "joined" | "left"; who: string }): void {
    this.#comings.add(kind, who);
    if (this.#gathering) return;
    this.#gathering = true;
    setTimeout(() => this.#speak(), GATHER_MS);
  }

  #speak(): void {
    const { joined, left } = this.#comings.take();
    const sentences = [
      joined.length > 0 ? t.notice.joined(listed(joined), joined.length) : "",
      left.length > 0 ? t.notice.left(listed(left), left.length) : "",
    ];
    this.spoken.value = sentences.filter(Boolean).join(". ");
    this.#gathering = false;
  }
}

/** More names than these would be read out for ever. */
const NAMED_MOST = 3;

function listed(names: readonly string[]): string {
  if (names.length > NAMED_MOST) return t.notice.people(names.length);
  return new Intl.ListFormat(t.locale).format(names);
}

export function ToastRegion({ session, toasts }: { session: Session; toasts: Toasts }) {
  useEffect(() => session.onNotice((notice) => toasts.hear(notice)), [session, toasts]);
  return (
    <>
      <div class="toasts" role="status">
        {toasts.shown.value.map(({ key, text }) => (
          <div key={key} class="toast">
            <span>{text}</span>
            <button type="button" class="quiet icon-button" aria-label={t.notice.dismiss} onClick={() => toasts.dismiss(key)}>
              <Icon name="close" />
            </button>
          </div>
        ))}
      </div>
      <div class="visually-hidden" role="status">
        {toasts.spoken.value}
      </div>
    </>
  );
}

function sentence(notice: Exclude<Notice, { who: string }>): string {
  if (notice.kind === "recoloured") return t.notice.recoloured;
  const { kind, by, mine } = notice;
  if (kind === "language") {
    const label = languageName(notice.language) ?? t.language.plain;
    return mine ? t.notice.languageMine(label) : t.notice.language(label, by);
  }
  if (kind === "protected") return mine ? t.notice.protectedMine : t.notice.protected(by);
  return mine ? t.notice.unprotectedMine : t.notice.unprotected(by);
}
