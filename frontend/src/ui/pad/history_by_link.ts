/** The moment that the address of the pad asks for. */

import { effect } from "@preact/signals";
import { loadChunk } from "../../browser";
import type { Pad } from "./pad";

/** Shows the text of that moment, with the first connection. The function that this returns ends the waiting for it. */
export function historyByLink(pad: Pad): () => void {
  return effect(() => {
    const { moment } = pad;
    if (moment === undefined || pad.session.link.value.kind !== "up") return;
    pad.moment = undefined;
    void loadChunk("history", () => import("./past_of")).then((chunk) => chunk?.pastOf(pad).showRevision(moment));
  });
}
