/** What a hidden tab tells of its pad: a mark in its name and its picture when the text has changed, and, for those who want
 * it, a notice of the system when somebody comes. */

import { effect } from "@preact/signals";
import { log, page, settings } from "../../browser";
import type { Notice } from "../../session";
import { frameWords } from "../base/frame_words";
import type { Pad } from "../pad/pad";
import { markTab } from "../pad/tab_name";
import { titleOf } from "../pad/title";

/** Watches the pad while nobody looks at it. The function that this returns ends that. */
export function watchHidden(pad: Pad): () => void {
  const stopMarking = markChanges(pad);
  const stopTelling = pad.session.onNotice((notice) => tellOfJoin(pad, notice));
  return () => (stopMarking(), stopTelling());
}

function markChanges({ session, editor }: Pad): () => void {
  /** The changes that were there when the page was seen last; null: it is seen, or the text is not there yet. */
  let seen: number | null = null;
  const look = () => {
    const changes = editor.peek()?.changes.peek() ?? 0;
    seen = page.isHidden() && session.isLoaded.peek() ? changes : null;
    mark(false);
  };
  const stop = effect(() => {
    const changes = editor.value?.changes.value ?? 0;
    if (!session.isLoaded.value || !page.isHidden()) return;
    if (seen === null) seen = changes; // opened behind others: what there is to begin with is no news
    else if (changes > seen) mark(true);
  });
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    stop();
    mark(false);
  };
}

function mark(isNews: boolean): void {
  markTab(isNews);
  void markIcon(isNews);
}

/** In the page's own picture, where the eye looks for it. */
const DOT = '<circle cx="24.5" cy="7.5" r="6.5" fill="#ffc94d" stroke="#24457a" stroke-width="2"/></svg>';
let plainIcon: string | null = null;

async function markIcon(isNews: boolean): Promise<void> {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link || (!isNews && plainIcon === null)) return;
  plainIcon ??= link.getAttribute("href");
  if (!isNews) return link.setAttribute("href", plainIcon!);
  try {
    const svg = await (await fetch(plainIcon!)).text();
    // Somebody may have looked meanwhile.
    if (page.isHidden()) link.setAttribute("href", `data:image/svg+xml,${encodeURIComponent(svg.replace("</svg>", DOT))}`);
  } catch (error) {
    log.debug("the icon has no mark:", error);
  }
}

/** One notice for each pad: a newer one takes its place. The system is not told by which link the pad was opened. */
function tellOfJoin({ session, title }: Pad, notice: Notice): void {
  if (notice.kind !== "joined" || !settings.peek().tellOfJoins || !page.isHidden()) return;
  if (Notification.permission !== "granted") return;
  const what = { body: frameWords.now.news.joined(notice.who, 1), tag: titleOf("", session.padId), icon: "./favicon.svg" };
  try {
    const shown = new Notification(title.peek(), what);
    shown.addEventListener("click", () => (window.focus(), shown.close()));
  } catch {
    // Phones have them from a service worker alone, and so does what becomes of a press on them.
    const notice = { title: title.peek(), options: what };
    void navigator.serviceWorker?.getRegistration().then((it) => it?.active?.postMessage({ notice }));
  }
}
