import { computed } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { recentPads } from "../../browser";
import type { Session } from "../../session";
import { t } from "../../strings";
import { lazy } from "../base/lazy";
import type { Pad } from "../pad/pad";
import { titleOf } from "../pad/title";

/** The card's first sentence, which index.html has in this place before there is any code: it stays where it is until the
 * card has come, or a text. */
function Opening() {
  return (
    <div class="start opening">
      <p class="hint">{t.start.explain}</p>
    </div>
  );
}

/** Most pads that are opened have a text, so the card is a chunk of its own. */
const StartCard = lazy(
  "start",
  async () => {
    const [{ StartCard }, words] = await Promise.all([import("./start_card"), t.start.more()]);
    return ({ pad }: { pad: Pad }) => <StartCard pad={pad} words={words} />;
  },
  "nothing",
  <Opening />,
);

/** Stands below the caret of a new pad: what one may begin with. It goes with the first letter and does not come back:
 * a pad that was emptied is not new. Of one that this browser knows with a text, it says that it is empty now. */
export function StartPanel({ pad }: { pad: Pad }) {
  const { session } = pad;
  const isEmpty = useMemo(() => computed(() => isEmptyNow(pad)), [pad]);
  const [before] = useState(() => recentPads.peek().find(({ id }) => id === session.padId));
  const [hadText, setHadText] = useState(false);
  useEffect(() => {
    if (!isEmpty.value) setHadText(true);
  }, [isEmpty.value]);
  if (isAwaited(session)) return <Opening />;
  if (!isEmpty.value || hadText || session.isReadOnly.value || session.unmerged.all.value.length > 0) return null;
  // One without a title had no text when it was left.
  if (before && before.title !== titleOf("", session.padId)) return <p class="start hint">{t.start.emptied(before.title)}</p>;
  return <StartCard pad={pad} />;
}

/** The editor shows a text a moment after the session has it. */
function isEmptyNow({ session, editor }: Pad): boolean {
  const isShown = (editor.value?.firstLines.value ?? "") !== "";
  return !isShown && !(session.isLoaded.value && session.localText() !== "");
}

/** True until there is a text, or a reason for which there will be none: not just while it is connecting, which it does again and again. */
function isAwaited({ isLoaded, link, end }: Session): boolean {
  return !isLoaded.value && end.value === null && link.value.kind !== "stopped";
}
