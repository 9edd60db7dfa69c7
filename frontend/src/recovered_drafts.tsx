/** Offers what earlier visits of a pad could not send. A chunk of its own, and
 * with it the modules that nothing else needs. */

import { render } from "preact";
import { log, type UnsentRecord, unsentStore } from "./browser";
import { sendInBackground, textOf } from "./session/recovered_draft";
import { RecoveredDraftDialog } from "./ui/recovered_draft_dialog";

export { sendInBackground };

/** One after the other, the first being claimed already; gives those that the
 * user wants sent. A page that goes before all is decided leaves them to the next. */
export async function offerRecoveredDrafts(first: UnsentRecord, padId: string, root: HTMLElement): Promise<UnsentRecord[]> {
  const ours = new Set<UnsentRecord>();
  const release = () => ours.forEach((record) => void unsentStore.release(record).catch(() => {}));
  addEventListener("pagehide", release);
  for (let record: UnsentRecord | null = first; record; record = await next(padId)) {
    ours.add(record);
    if (await isWanted(record, root)) continue;
    ours.delete(record);
    await unsentStore.remove(record.token).catch((error: unknown) => log.warn("not removed:", error));
  }
  removeEventListener("pagehide", release);
  return [...ours];
}

function next(padId: string): Promise<UnsentRecord | null> {
  return unsentStore.claim(padId, Date.now()).catch((error: unknown) => (log.warn("no more to offer:", error), null));
}

async function isWanted(record: UnsentRecord, root: HTMLElement): Promise<boolean> {
  root.replaceChildren();
  const send = await new Promise<boolean>((decided) => {
    render(<RecoveredDraftDialog record={record} text={textOf(record)} decided={decided} />, root);
  });
  render(null, root);
  return send;
}
