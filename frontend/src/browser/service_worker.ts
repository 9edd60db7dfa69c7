/** The service worker (src/worker), by which the page starts without the server. */

import { log } from "./log";

const WORKER = "./sw.js";

/** The policy that the browser asks for an address of code: ours has one to give, and the server allows no other policy. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: () => string }): { createScriptURL(url: string): unknown };
}

/** Has the browser install it, or look for a newer one. Does nothing where there can be none: without HTTPS, in a private
 * window of some browsers, while developing, and in frames of other pages, whose visitors did not ask for it. */
export async function registerWorker(): Promise<void> {
  if (!navigator.serviceWorker || parent !== window || import.meta.env.DEV) return;
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  try {
    const policy = trustedTypes?.createPolicy("service-worker", { createScriptURL: () => WORKER });
    const url = (policy?.createScriptURL(WORKER) ?? WORKER) as string;
    await navigator.serviceWorker.register(url, { updateViaCache: "none" });
  } catch (error) {
    log.info("no service worker:", error);
  }
}
