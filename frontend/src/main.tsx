/** The page, once its code is there: kernel, session, screen. */

import { effect } from "@preact/signals";
import { render } from "preact";
import { initKernel } from "./kernel";
import kernelCode from "./kernel/kernel.wasm?string";
import type { Bootstrap } from "./bootstrap";
import {
  loadChunk,
  loadConfig,
  log,
  noteTrouble,
  preferredLanguages,
  rememberedPassword,
  searchWithoutPassword,
  settings,
  type UnsentRecord,
  unsentStore,
} from "./browser";
import { followPage, hashOf, type PadIdProblem, Session, tryRememberedPassword } from "./session";
import { loadStrings, t } from "./strings";
import { App, loadRefusedPad } from "./ui";

/** Fills `root`; whatever goes wrong is said there. */
export async function main(begun: Bootstrap, root: HTMLElement): Promise<void> {
  effect(() => void (document.documentElement.dataset.theme = settings.value.theme));
  document.documentElement.toggleAttribute("data-framed", parent !== window);
  let why: "old" | "otherwise" = "old";
  try {
    initKernel(bytesOf(kernelCode));
    why = "otherwise";
    await show(begun, root);
  } catch (error) {
    log.error(error);
    const heading = document.createElement("h1");
    heading.textContent = t.failed.heading;
    root.replaceChildren(heading, t.failed[why]);
  }
}

async function show(begun: Bootstrap, root: HTMLElement): Promise<void> {
  const hasStrings = inTheirLanguage();
  const [draft = null, ...others] = await recoveredDrafts(begun, hasStrings, root);
  const { padId, otp, owner, moment, base, problem, socket } = begun;
  const password = otp ?? rememberedPassword(padId);
  const session = problem ? null : new Session(padId, password, base, { draft, owner, socket });
  session?.unmerged.restoreFromLastPage();
  // The server answers while the strings come and the screen is made; but what
  // was left is on the screen before anything can take its place.
  if (!draft) session?.open();
  await hasStrings;
  if (!session) return refuse(problem!, root);
  keepAddress(session);
  tryRememberedPassword(session, otp === null && password !== null);
  followPage(session);
  warnBeforeLoss(session);
  await nextTurn();
  root.replaceChildren();
  render(<App session={session} moment={moment} />, root);
  await nextTurn();
  void loadConfig(base);
  void loadChunk("the page without a server", () => import("./offline")).then((it) => it?.followOffline(session, begun.isNew));
  if (others.length === 0) return;
  const { sendInBackground } = await import("./recovered_drafts");
  for (const other of others) sendInBackground(other, session, base);
}

/** The bytes that build/wasm_string.ts has made characters of. */
function bytesOf(characters: string): BufferSource {
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i); // a fifth of what Uint8Array.from takes
  return bytes;
}

/** Lets the browser see to what waits: together, the steps of the start hold up a phone for as long as one notices. */
const nextTurn = () => new Promise((resolve) => setTimeout(resolve));

/** Loads the words in the reader's language; English stays when they cannot be had. */
async function inTheirLanguage(): Promise<void> {
  await loadStrings(preferredLanguages()).catch((error: unknown) => log.warn("words not loaded:", error));
  document.documentElement.lang = t.locale;
  document.documentElement.dir = t.dir;
}

/** Says why there is no such pad; another address is another try. */
async function refuse(problem: PadIdProblem, root: HTMLElement): Promise<void> {
  addEventListener("hashchange", () => location.reload());
  const [RefusedPad, words] = await Promise.all([loadRefusedPad(), t.refusedPad()]);
  root.replaceChildren();
  render(<RefusedPad problem={problem} words={words} />, root);
}

/** Resolves to the drafts of earlier visits that the user wants sent: the page goes
 * on with the first, and the others are sent in the background. There seldom are
 * any, so the code that offers them is loaded when there are; where it cannot be
 * loaded, the next visit offers them. */
async function recoveredDrafts(begun: Bootstrap, hasStrings: Promise<void>, root: HTMLElement): Promise<UnsentRecord[]> {
  const { record, trouble } = await begun.left;
  if (trouble !== undefined) {
    log.info("no unsent changes can be kept in this browser:", trouble);
    noteTrouble("unsent");
  }
  if (!record) return [];
  await hasStrings;
  const chunk = await loadChunk("what an earlier visit left", async () => {
    const loaded = await import("./recovered_drafts");
    return loaded.loadWords().then(() => loaded);
  });
  if (chunk) return chunk.offerRecoveredDrafts(record, begun.padId, root);
  await unsentStore.release(record).catch((error: unknown) => log.warn("not released:", error));
  return [];
}

/** The address always is the link to share: with the password, and without the token of its owner. */
function keepAddress(session: Session): void {
  let shown = "";
  const show = () => history.replaceState(null, "", location.pathname + searchWithoutPassword(location.search) + shown);
  effect(() => {
    shown = hashOf({ id: session.padId, otp: session.otp.value });
    show();
  });
  addEventListener("hashchange", () => {
    if (location.hash !== shown) leaveFor(location.href, session, show);
  });
}

/** Leaves for another pad. Browsers do not tell a page that their own question
 * before leaving was answered with no, and then the address would be that of a pad
 * which is not shown. So where there is something to ask, it is asked here. */
function leaveFor(address: string, session: Session, stay: () => void): void {
  if (session.holdsOnlyCopy.peek()) {
    stay();
    if (!confirm(t.leave)) return;
    history.replaceState(null, "", address);
    isLeaving = true;
  }
  location.reload();
}

/** True once the user knows what is left behind. */
let isLeaving = false;

function warnBeforeLoss(session: Session): void {
  addEventListener("beforeunload", (event) => {
    if (session.holdsOnlyCopy.value && !isLeaving) event.preventDefault();
  });
}
