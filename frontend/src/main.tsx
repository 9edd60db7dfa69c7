/** The start of the page: address, kernel, session, screen. */

import { effect } from "@preact/signals";
import { render } from "preact";
import { initKernel } from "./kernel";
import kernelDataUrl from "./kernel/kernel.wasm?url&inline";
import { hashOf, loadConfig, log, newPadId, parseAddress, Session } from "./session";
import { t } from "./strings";
import { App } from "./ui";
import "./ui/style/index.css";

async function main(root: HTMLElement): Promise<void> {
  await initKernel(bytesOf(kernelDataUrl));
  const { id, otp } = parseAddress(location.hash, location.search);
  const session = new Session(id || newPadId(), otp, document.baseURI);
  keepAddress(session);
  warnBeforeLoss(session);
  comeBackSoon(session);
  root.replaceChildren();
  render(<App session={session} />, root);
  void loadConfig(document.baseURI);
}

/** The address always is the link to share, password included. */
function keepAddress(session: Session): void {
  let shown = "";
  effect(() => {
    shown = hashOf({ id: session.padId, otp: session.otp.value });
    history.replaceState(null, "", location.pathname + shown);
  });
  document.title = `${session.padId} – ${t.appName}`;
  addEventListener("hashchange", () => {
    if (location.hash !== shown) location.reload();
  });
}

function warnBeforeLoss(session: Session): void {
  addEventListener("beforeunload", (event) => {
    if (session.unsaved.value > 0) event.preventDefault();
  });
}

function comeBackSoon(session: Session): void {
  for (const event of ["online", "offline"]) addEventListener(event, () => session.hurry());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) session.hurry();
  });
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
