/** The mark of transactions that did not come from this user. */

import { Annotation, type Transaction } from "@codemirror/state";

export const remote = Annotation.define<boolean>();

export function isRemote(tr: Transaction): boolean {
  return tr.annotation(remote) === true;
}
