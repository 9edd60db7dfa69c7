import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { loadChunk, setSettings } from "../browser";
import { t } from "../strings";
import { isNarrow } from "./media";
import type { Pad } from "./pad";
import { RecentList } from "./recent_section";

/** Stands below the caret of an empty pad: the pads where one may have wanted to go, and
 * a sample to look at. It goes with the first letter. */
export function StartPanel({ pad }: { pad: Pad }) {
  const { session } = pad;
  const isEmpty = useMemo(() => computed(() => (pad.editor.value?.firstLines.value ?? "") === ""), [pad]);
  if (!isEmpty.value || session.isReadOnly.value) return null;
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
