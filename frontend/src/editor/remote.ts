/** The mark of transactions that did not come from this user. */

import { Annotation, type Transaction } from "@codemirror/state";

/** Put on transactions that come from the session. */
export const remote = Annotation.define<boolean>();

/** True for a transaction that came from the session. */
export function isRemote(tr: Transaction): boolean {
  return tr.annotation(remote) === true;
}
