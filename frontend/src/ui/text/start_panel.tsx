import { computed } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { recentPads } from "../../browser";
import { t } from "../../strings";
import { lazy } from "../base/lazy";
import type { Pad } from "../pad/pad";
import { titleOf } from "../pad/title";

/** Most pads that are opened have a text, so the card is a chunk of its own. */
const StartCard = lazy("start", async () => {
  const [{ StartCard }, words] = await Promise.all([import("./start_card"), t.start.more()]);
  return ({ pad }: { pad: Pad }) => <StartCard pad={pad} words={words} />;
});

/** Stands below the caret of a new pad: what one may begin with. It goes with the first letter and does not come back:
 * a pad that was emptied is not new. Of one that this browser knows with a text, it says that it is empty now. */
export function StartPanel({ pad }: { pad: Pad }) {
  const { session } = pad;
  const isEmpty = useMemo(() => computed(() => (pad.editor.value?.firstLines.value ?? "") === ""), [pad]);
  const [before] = useState(() => recentPads.peek().find(({ id }) => id === session.padId));
  const [hadText, setHadText] = useState(false);
  useEffect(() => {
    if (!isEmpty.value) setHadText(true);
  }, [isEmpty.value]);
  if (!isEmpty.value || hadText || session.isReadOnly.value || session.unmerged.all.value.length > 0) return null;
  // One without a title had no text when it was left.
  if (before && before.title !== titleOf("", session.padId)) return <p class="start hint">{t.start.emptied(before.title)}</p>;
  return <StartCard pad={pad} />;
}
