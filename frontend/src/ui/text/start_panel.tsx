import { computed } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { loadChunk, recentPads, setSettings } from "../../browser";
import { t } from "../../strings";
import { isNarrow } from "../base/media";
import type { Pad } from "../pad/pad";
import { RecentList } from "./recent_list";

/** Stands below the caret of a new pad: the pads where one may have wanted to go, and
 * a sample to look at. It goes with the first letter and does not come back: a pad that was emptied is not new. Of one that
 * this browser knows with a text, it says that it is empty now. */
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
  if (before && before.title !== session.padId) return <p class="start hint">{t.start.emptied(before.title)}</p>;
  return (
    <section class="start" aria-label={t.start.label}>
      <p class="hint">{t.start.explain}</p>
      <button type="button" onClick={() => loadSample(pad)}>
        {t.start.sample}
      </button>
      <RecentList session={session} heading={<h2>{t.recent.heading}</h2>} />
    </section>
  );
}

async function loadSample({ session, editor, notify }: Pad): Promise<void> {
  const sample = await loadChunk("sample", t.start.sampleText);
  // Somebody may have been quicker.
  if (sample === null || session.localText() !== "") return;
  const onDropped = () => session.localText() !== sample && notify(t.start.taken, { about: "offer" });
  editor.value?.replaceText(sample, { ends: "when_touched", onDropped }, null);
  session.setLanguage("markdown");
  if (!isNarrow.value) setSettings({ preview: true });
  editor.value?.focus();
}
