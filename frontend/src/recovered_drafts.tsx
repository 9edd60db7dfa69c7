/** Offers what earlier visits of a pad could not send. A chunk of its own, and
 * with it the modules that nothing else needs. */

import { render } from "preact";
import type { UnsentRecord } from "./browser";
import { claimDrafts, sendInBackground, textOf } from "./session/recovered_draft";
import { RecoveredDraftDialog, recoveredDraftWords } from "./ui/dialogs/recovered_draft_dialog";

export { sendInBackground };

/** Loads the words that it is offered with; rejects when they cannot be had. */
export const loadWords = (): Promise<void> => recoveredDraftWords.load();

/** Offers the drafts one after the other, the first being claimed already, and resolves
 * to those that the user wants sent. */
export function offerRecoveredDrafts(first: UnsentRecord, padId: string, root: HTMLElement): Promise<UnsentRecord[]> {
  return claimDrafts(first, padId, (record) => isWanted(record, root));
}

async function isWanted(record: UnsentRecord, root: HTMLElement): Promise<boolean> {
  root.replaceChildren();
  const send = await new Promise<boolean>((decided) => {
    render(<RecoveredDraftDialog record={record} text={textOf(record)} decided={decided} />, root);
  });
  render(null, root);
  return send;
}
