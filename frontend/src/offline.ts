/**
 * The page without its server: it starts from the files that the service worker keeps, and shows the text of a recent pad
 * as this browser had it last. A chunk of its own, loaded once the pad is on the screen.
 */

import { effect } from "@preact/signals";
import { log, page, recentPads, rememberedPassword, settings } from "./browser";
import { savedTexts } from "./browser/saved_texts";
import { registerWorker } from "./browser/service_worker";
import type { Session } from "./session";

/** A server that takes longer is not there, to somebody who waits for a text. */
const PATIENCE_MS = 4_000;
/** A text is written down once it has not changed between two looks, and when the page is left. */
const LOOK_MS = 10_000;
/** Longer texts would be half of what is kept, and take long to write. */
const LONGEST_UNITS = 1 << 20;

/** Does all of it for that pad. `isNew`: its name was made up by this page, so that nobody else can have been in it. */
export function followOffline(session: Session, isNew: boolean): void {
  showWithoutServer(session, isNew);
  keepText(session);
  forgetTexts(session);
  const stop = effect(() => {
    if (session.link.value.kind !== "up") return;
    queueMicrotask(() => stop());
    void registerWorker();
  });
}

function showWithoutServer(session: Session, isNew: boolean): void {
  const show = async () => {
    end();
    if (isNew) return session.kept.show({ epoch: null, revision: 0, text: "", language: null }, null);
    const saved = mayKeep(session) ? await savedTexts.get(session.padId, Date.now()).catch(noTexts) : null;
    if (saved) session.kept.show(saved, saved.savedAtMs);
  };
  let timer: ReturnType<typeof setTimeout> | undefined = setTimeout(() => void show(), PATIENCE_MS);
  const stop = effect(() => {
    if (session.isLoaded.value) queueMicrotask(end);
    else if (session.link.value.kind === "waiting") queueMicrotask(() => timer !== undefined && void show());
  });
  function end(): void {
    clearTimeout(timer);
    timer = undefined;
    stop();
  }
}

function keepText(session: Session): void {
  let seen = -1;
  let kept = -1;
  const keep = () => {
    const { revision } = session.kept;
    if (revision === kept || session.link.peek().kind !== "up" || !isRecent(session) || !mayKeep(session)) return;
    const copy = session.kept.copy();
    if (!copy?.epoch || copy.text.length > LONGEST_UNITS) return;
    kept = revision;
    const { expires_at: expiresAt } = session.welcome.peek()!;
    const expiresAtMs = expiresAt === null ? Infinity : expiresAt * 1000;
    void savedTexts.put({ ...copy, epoch: copy.epoch, padId: session.padId, savedAtMs: Date.now(), expiresAtMs }).catch(noTexts);
  };
  setInterval(() => {
    const { revision } = session.kept;
    if (revision === seen) keep();
    seen = revision;
  }, LOOK_MS);
  page.addEventListener("pagehide", keep);
  page.addEventListener("visibilitychange", () => {
    if (page.isHidden()) keep();
  });
}

/** Ends of a connection after which the reader may not have the text any more. */
const REFUSALS: ReadonlySet<string> = new Set(["password", "forbidden", "gone"]);

/** What is forgotten in the list of recent pads is forgotten here; so is what the reader may not read any more, and what was deleted. */
function forgetTexts(session: Session): void {
  effect(() => {
    const { value: link } = session.link;
    const isRefused = link.kind === "stopped" && REFUSALS.has(link.reason);
    const ids = settings.value.keepTexts ? recentPads.value.map(({ id }) => id) : [];
    void savedTexts.keepOnly(ids.filter((id) => !isRefused || id !== session.padId)).catch(noTexts);
  });
}

function isRecent({ padId }: Session): boolean {
  return recentPads.peek().some(({ id }) => id === padId);
}

/** Of a protected pad nothing is kept, or shown, unless this browser keeps its password as well. */
function mayKeep({ padId, otp }: Session): boolean {
  return settings.peek().keepTexts && rememberedPassword(padId) === otp.peek();
}

function noTexts(error: unknown): null {
  log.info("no texts can be kept in this browser:", error);
  return null;
}
