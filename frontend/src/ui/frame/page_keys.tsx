import { useLayoutEffect } from "preact/hooks";
import { commentsByKey } from "../comments/comments_by_key";
import { downloadByKey } from "../pad/download";
import { findByKey } from "../pad/find_by_key";
import { historyByKey } from "../pad/history_by_key";
import { historyByLink } from "../pad/history_by_link";
import type { Pad } from "../pad/pad";

/** What keys do anywhere on the page. A layout effect: what can be seen can be used, too. */
export function PageKeys({ pad }: { pad: Pad }) {
  useLayoutEffect(() => downloadByKey(pad), [pad]);
  useLayoutEffect(() => findByKey(pad), [pad]);
  useLayoutEffect(() => historyByKey(pad), [pad]);
  useLayoutEffect(() => historyByLink(pad), [pad]);
  useLayoutEffect(() => commentsByKey(pad), [pad]);
  return null;
}
