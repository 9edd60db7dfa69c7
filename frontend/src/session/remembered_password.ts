/**
 * The password that this browser remembers of a pad. It is used where the address
 * has none, or one that is not accepted any more; only then is the user asked.
 */

import { effect } from "@preact/signals";
import { rememberedPassword } from "../browser";
import type { Session } from "./session";

/** Answers a refusal with the remembered password, once each. `isRemembered`: the session has begun with
 * it. The function that it returns ends that. */
export function tryRememberedPassword(session: Session, isRemembered: boolean): () => void {
  const tried = new Set<string>();
  /** True while the password in use is one that nobody has typed or followed a link with. */
  let isOurs = isRemembered;
  return effect(() => {
    const link = session.link.value;
    if (link.kind === "up") isOurs = false;
    if (link.kind !== "stopped" || link.reason !== "password") return;
    const refused = session.otp.peek();
    if (refused !== null) tried.add(refused);
    // Another tab may have learned of a newer one since.
    const remembered = rememberedPassword(session.padId);
    if (remembered !== null && !tried.has(remembered)) {
      isOurs = true;
      queueMicrotask(() => session.usePassword(remembered));
      return;
    }
    // Whoever typed nothing is asked, and not told that it was wrong.
    if (isOurs) session.otp.value = null;
    isOurs = false;
  });
}
