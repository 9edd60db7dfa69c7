/**
 * A new pad with a text, made by a tab of its own that nobody sees: it types the text, waits until the server has it, and
 * keeps the token of the owner that it is given. So the text is in the server's journal before anybody leaves the old pad.
 */

import { effect } from "@preact/signals";
import { browserEnvironment, cleanText, type EditorPort, type Environment, newPadId, Session } from "../session";

/** A server that gives no token to whoever begins a pad is not waited for any longer. */
const OWNER_MS = 3_000;
/** Whoever waits for longer wants to know. */
const PATIENCE_MS = 20_000;

/** Makes it, and resolves to its id; rejects when the server did not take the text, or not in time. `base` is the page's
 * own address. */
export async function newPadOf(
  text: string,
  language: string | null,
  base: string,
  environment: Environment = browserEnvironment,
): Promise<string> {
  const session = new Session(newPadId(), null, base, { environment });
  session.start(unseen);
  try {
    await becomes(session, () => session.isLoaded.value, PATIENCE_MS, environment);
    session.edit([{ from: 0, to: 0, insert: cleanText(text) }]);
    if (language !== null) session.setLanguage(language);
    await becomes(session, () => session.unsaved.value === 0, PATIENCE_MS, environment);
    await becomes(session, () => session.access.owner.value !== null, OWNER_MS, environment).catch(() => undefined);
    return session.padId;
  } finally {
    session.close();
    void session.letGo(); // nobody comes back for what the server did not take: the text is where it was
  }
}

const unseen: EditorPort = {
  applyRemote: () => {},
  shown: () => "",
  carets: () => ({ cursors: [], selections: [] }),
  composing: () => null,
  endComposition: () => {},
};

/** Resolves as soon as that is true of the session; rejects when it cannot become true, or takes longer. */
function becomes(session: Session, is: () => boolean, withinMs: number, { clock }: Environment): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => settle(() => reject(new Error("not in time"))), withinMs);
    const stop = effect(() => {
      if (is()) settle(resolve);
      else if (session.link.value.kind === "stopped" || session.refusal.value) settle(() => reject(new Error("refused")));
    });
    function settle(how: () => void): void {
      clock.clearTimeout(timer);
      queueMicrotask(() => stop());
      how();
    }
  });
}
