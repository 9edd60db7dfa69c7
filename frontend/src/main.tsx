/** The start of the page: address, kernel, session, screen. */

import { effect } from "@preact/signals";
import { render } from "preact";
import { initKernel } from "./kernel";
import kernelDataUrl from "./kernel/kernel.wasm?url&inline";
import {
  claimUnsent,
  hashOf,
  loadConfig,
  log,
  newPadId,
  noteTrouble,
  padIdProblem,
  parseAddress,
  preferredLanguages,
  removeUnsent,
  searchWithoutPassword,
  Session,
  watchSleep,
  type PadIdProblem,
  type UnsentRecord,
} from "./session";
import { loadStrings, t } from "./strings";
import { App, LeftoverDialog, RefusedPad } from "./ui";
import "./ui/style/index.css";

async function main(root: HTMLElement): Promise<void> {
  await Promise.all([initKernel(bytesOf(kernelDataUrl)), loadStrings(preferredLanguages())]);
  document.documentElement.lang = t.locale;
  document.documentElement.dir = t.dir;
  const { id, otp } = parseAddress(location.hash, location.search);
  const problem = padIdProblem(id);
  if (problem) return refuse(problem, root);
  const padId = id || newPadId();
  const left = id ? await leftover(padId, root) : null;
  const session = new Session(padId, otp, document.baseURI, left);
  keepAddress(session);
  warnBeforeLoss(session);
  comeBackSoon(session);
  root.replaceChildren();
  render(<App session={session} />, root);
  void loadConfig(document.baseURI);
}

/** Says why there is no such pad; another address is another try. */
function refuse(problem: PadIdProblem, root: HTMLElement): void {
  addEventListener("hashchange", () => location.reload());
  root.replaceChildren();
  render(<RefusedPad problem={problem} />, root);
}

/** What an earlier visit could not send, if the user wants it sent. */
async function leftover(padId: string, root: HTMLElement): Promise<UnsentRecord | null> {
  const record = await claimUnsent(padId, Date.now()).catch((error: unknown) => {
    log.info("no unsent changes can be kept in this browser:", error);
    noteTrouble("unsent");
    return null;
  });
  if (!record) return null;
  const send = await new Promise<boolean>((decided) => {
    render(<LeftoverDialog record={record} decided={decided} />, root);
  });
  render(null, root);
  if (!send) await removeUnsent(record.token);
  return send ? record : null;
}

/** The address always is the link to share, password included. */
function keepAddress(session: Session): void {
  let shown = "";
  effect(() => {
    shown = hashOf({ id: session.padId, otp: session.otp.value });
    const search = searchWithoutPassword(location.search);
    history.replaceState(null, "", location.pathname + search + shown);
  });
  addEventListener("hashchange", () => {
    if (location.hash !== shown) location.reload();
  });
}

function warnBeforeLoss(session: Session): void {
  addEventListener("beforeunload", (event) => {
    if (session.holdsOnlyCopy.value) event.preventDefault();
  });
  addEventListener("pagehide", () => session.goodbye());
  // Back from the browser's cache of pages: another visit may have taken over
  // what was unsent, so this one begins anew and is offered it if not.
  addEventListener("pageshow", (event) => {
    if (event.persisted && session.unsaved.value > 0) location.reload();
  });
}

function comeBackSoon(session: Session): void {
  for (const event of ["online", "offline"]) addEventListener(event, () => session.hurry());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) session.hurry();
  });
  watchSleep(() => session.hurry());
}

function bytesOf(dataUrl: string): Uint8Array<ArrayBuffer> {
  const base64 = dataUrl.slice(dataUrl.indexOf(",") + 1);
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

const root = document.getElementById("app")!;
main(root).catch((error: unknown) => {
  log.error(error);
  const heading = document.createElement("h1");
  heading.textContent = t.failed.heading;
  root.replaceChildren(heading, t.failed.old);
});
