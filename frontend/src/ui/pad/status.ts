/** The honest state of the connection, from everything that bears on it. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Session } from "../../session";
import { t } from "../../strings";

/** good: nothing to do. busy: passes by itself. bad: text is not where it should be. */
export type Mood = "good" | "busy" | "bad";

/** The state in words. */
export interface Status {
  mood: Mood;
  text: string;
  hint: string | null;
  /** Says in few words what is kept here while the server cannot have it; null: nothing is. */
  kept: string | null;
  canRetry: boolean;
  /** The text without what changes by the second, for those who listen; null: it is not worth a word. */
  spoken: string | null;
}

const isOnline = signal(navigator.onLine);

addEventListener("online", () => (isOnline.value = true));
addEventListener("offline", () => (isOnline.value = false));

let ticking: ReturnType<typeof setInterval> | undefined;

/** Changes twice a second while something depends on it. */
const tick: Signal<number> = signal(0, {
  watched: () => (ticking = setInterval(() => (tick.value += 1), 500)),
  unwatched: () => clearInterval(ticking),
});

function secondsUntil(atMs: number): number {
  void tick.value;
  return Math.ceil((atMs - Date.now()) / 1000);
}

/** The state of a session's connection, kept up to date. */
export function statusOf(session: Session): ReadonlySignal<Status> {
  return computed(() => {
    const link = session.link.value;
    // While all is well nothing here depends on the number, which changes at each key.
    if (link.kind === "up" && isWell(session)) return fine(session.access.isReader.value ? t.status.reading : t.status.connected);
    const unsaved = session.unsaved.value;
    const kept = unsaved > 0 ? t.status.kept(unsaved) : null;
    const status: Make = (mood, text, hint, canRetry = false, spoken = mood === "busy" ? null : text) => {
      const brief = mood === "bad" && unsaved > 0 ? t.status.keptBrief(unsaved) : null;
      return { mood, text, hint, kept: brief, canRetry, spoken };
    };
    switch (link.kind) {
      case "connecting":
        return status("busy", t.status.connecting, kept);
      case "up":
        return troubled(session, unsaved, status);
      case "stopped": {
        const { value: end } = session.end;
        const text = link.reason === "password" ? t.status.password : end === "link" ? t.status.linkEnded : t.status.reason[link.reason];
        // Another tab goes on with what is unsent, so it is not sent from here.
        const hint = link.reason === "replaced" && unsaved > 0 ? t.status.keptBrief(unsaved) : kept;
        return status("bad", text, hint, link.reason !== "password" && end === null);
      }
      case "waiting": {
        if (!isOnline.value) return status("bad", t.status.offline, kept, true);
        if (link.reason === "out_of_step") return status("busy", t.status.outOfStep, kept);
        const seconds = secondsUntil(link.retryAtMs);
        const why = t.status.reason[link.reason];
        const text = seconds > 0 ? t.status.reconnectingIn(seconds) : t.status.reconnecting;
        return status("bad", text, join(why, kept), true, why);
      }
    }
  });
}

/** True while the server takes what is typed, and soon enough. */
function isWell({ answers, isStorageWritable, refusal, unsaved }: Session): boolean {
  if (refusal.value || !isStorageWritable.value || answers.isLate.value) return false;
  // A local server can be reached without a network, so "offline" alone says little.
  return isOnline.value || unsaved.value === 0;
}

function fine(text: string): Status {
  return { mood: "good", text, hint: null, kept: null, canRetry: false, spoken: text };
}

/** Connected, and not all is well. */
function troubled(session: Session, unsaved: number, status: Make): Status {
  const refusal = session.refusal.value;
  // The banner above the text says this one aloud.
  if (refusal) return status("bad", t.status.refused, t.refusal.kept(unsaved), false, null);
  if (!session.isStorageWritable.value) return status("bad", t.status.storage, unsavable(unsaved));
  if (!isOnline.value) return status("bad", t.status.offline, t.status.kept(unsaved));
  return status("busy", t.status.saving(unsaved), null);
}

/** Says what becomes of changes that the server cannot save. What is not in its journal it
 * passes on to nobody, unless it is set to write later: then nothing counts as unsaved. */
function unsavable(unsaved: number): string {
  return join(unsaved > 0 ? t.status.storageKept(unsaved) : null, t.status.storageHint);
}

type Make = (mood: Mood, text: string, hint: string | null, canRetry?: boolean, spoken?: string | null) => Status;

function join(...sentences: (string | null)[]): string {
  return sentences.filter(Boolean).join(" ");
}
