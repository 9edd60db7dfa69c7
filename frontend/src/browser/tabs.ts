/**
 * Which tabs of this browser live. What a tab leaves unsent is filed under its
 * token, and another may go on with it only when that tab is gone.
 *
 * Where there are locks (https), a tab holds one of its token's name for as long
 * as its page lives. Everywhere, a living tab answers when it is asked; a page
 * that is being left does not. On plain HTTP the answers are all there is, and a
 * tab that the browser has frozen gives none: it is taken for gone. When it wakes
 * it is told, if the browser tells it; in any case it looks whose its record is
 * before it speaks (UnsentSaver.ifOurs).
 */

const LOCK_PREFIX = "kolabpad.tab.";
const CHANNEL = "kolabpad.tabs";
/** A living tab answers within this, however busy it is. */
const ANSWER_MS = 1_000;
/** A page that was left or reloaded may live on a little beside the next one. */
const LEAVING_MS = 2_000;

type Word = { kind: "ask" | "here" | "taken"; token: string };

/** The tokens of this page, and what to do when another tab takes one over. */
const mine = new Map<string, () => void>();
const asked = new Map<string, () => void>();
let channel: BroadcastChannel | null = null;
let isLeaving = false;

/** Holds that token for as long as the page lives. */
export function holdToken(token: string, onClaimed: () => void = () => {}): void {
  if (!mine.has(token)) void navigator.locks?.request(LOCK_PREFIX + token, () => new Promise(() => {})).catch(() => {});
  mine.set(token, onClaimed);
  open();
}

/** Tells whoever had that token, should it still wake up, that it is ours. */
export function announceClaim(token: string): void {
  holdToken(token);
  say("taken", token);
}

/** Is the tab of that token gone for good? Waits for one that is just leaving. */
export async function isTabGone(token: string, isLeft: boolean): Promise<boolean> {
  if (mine.has(token)) return false;
  if (!navigator.locks) return isLeft || !(await answers(token, ANSWER_MS));
  if (!(await isLocked(token))) return true;
  await Promise.race([answers(token, LEAVING_MS), released(token)]);
  return !(await isLocked(token));
}

/* ---- by asking ---- */

function open(): void {
  if (channel) return;
  try {
    channel = new BroadcastChannel(CHANNEL);
  } catch {
    return; // a browser that keeps nothing has no channels either
  }
  channel.addEventListener("message", ({ data }: MessageEvent<Word>) => hear(data));
  globalThis.addEventListener?.("pagehide", () => (isLeaving = true));
  globalThis.addEventListener?.("pageshow", () => (isLeaving = false));
}

function say(kind: Word["kind"], token: string): void {
  open();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
  channel?.postMessage({ kind, token } satisfies Word);
}

function hear({ kind, token }: Word): void {
  if (kind === "here") asked.get(token)?.();
  else if (kind === "taken") mine.get(token)?.();
  else if (mine.has(token) && !isLeaving) say("here", token);
}

/** False when nobody says so in time. */
function answers(token: string, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isHere: boolean) => (asked.delete(token), resolve(isHere));
    asked.set(token, () => end(true));
    setTimeout(() => end(false), ms);
    say("ask", token);
  });
}

/* ---- by locks ---- */

async function isLocked(token: string): Promise<boolean> {
  const { held } = await navigator.locks.query();
  return held?.some(({ name }) => name === LOCK_PREFIX + token) ?? false;
}

/** Resolves when nobody holds that lock, or when it seems that somebody means to. */
async function released(token: string): Promise<void> {
  const giveUp = AbortSignal.timeout(LEAVING_MS);
  await navigator.locks.request(LOCK_PREFIX + token, { mode: "shared", signal: giveUp }, () => {}).catch(() => {});
}
