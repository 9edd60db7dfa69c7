import { useEffect } from "preact/hooks";
import { commentsByKey } from "../comments/comments_by_key";
import { downloadByKey } from "../pad/download";
import { findByKey } from "../pad/find_by_key";
import { historyByKey } from "../pad/history_by_key";
import { historyByLink } from "../pad/history_by_link";
import type { Pad } from "../pad/pad";

/** What keys do anywhere on the page. */
export function PageKeys({ pad }: { pad: Pad }) {
  useEffect(() => downloadByKey(pad), [pad]);
  useEffect(() => findByKey(pad), [pad]);
  useEffect(() => historyByKey(pad), [pad]);
  useEffect(() => historyByLink(pad), [pad]);
  useEffect(() => commentsByKey(pad), [pad]);
  return null;
}
