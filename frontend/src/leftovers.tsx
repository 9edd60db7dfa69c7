/** Offers what earlier visits of a pad could not send. A chunk of its own, and
 * with it those parts of the layers that nothing else needs. */

import { render } from "preact";
import { claimUnsent, log, removeUnsent, type UnsentRecord } from "./session";
import { sendOnTheSide, textOf } from "./session/leftover";
import { LeftoverDialog } from "./ui/leftover_dialog";

export { sendOnTheSide };

/** One after the other, the first being claimed already; gives those that the
 * user wants sent. */
export async function offerLeftovers(first: UnsentRecord, padId: string, root: HTMLElement): Promise<UnsentRecord[]> {
  const wanted: UnsentRecord[] = [];
  for (let record: UnsentRecord | null = first; record; record = await next(padId)) {
    if (await isWanted(record, root)) wanted.push(record);
    else await removeUnsent(record.token).catch((error: unknown) => log.warn("not removed:", error));
  }
  return wanted;
}

function next(padId: string): Promise<UnsentRecord | null> {
  return claimUnsent(padId, Date.now()).catch((error: unknown) => (log.warn("no more to offer:", error), null));
}

async function isWanted(record: UnsentRecord, root: HTMLElement): Promise<boolean> {
  root.replaceChildren();
  const send = await new Promise<boolean>((decided) => {
    render(<LeftoverDialog record={record} text={textOf(record)} decided={decided} />, root);
  });
  render(null, root);
  return send;
}
