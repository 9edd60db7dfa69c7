import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadChunk } from "../../browser";
import { t } from "../../strings";
import { modeOf } from "../pad/mode";
import type { Pad } from "../pad/pad";
import { previewWords } from "./words";

type Pane = typeof import("./preview_pane");

/** The preview beside the text: a chunk of the page that few visits want, loaded here. */
export function LazyPreview({ pad }: { pad: Pad }) {
  const pane = useSignal<Pane | "coming" | null>("coming");
  useEffect(() => {
    const load = async () => (await Promise.all([import("./preview_pane"), previewWords.load()]))[0];
    void loadChunk("preview", load).then((loaded) => (pane.value = loaded));
  }, []);
  if (pane.value === "coming") return <section class="preview" />;
  if (pane.value) {
    const { PreviewPane, Splitter } = pane.value;
    return (
      <>
        {modeOf(pad.session) === "both" && <Splitter />}
        <PreviewPane pad={pad} />
      </>
    );
  }
  return (
    <section class="preview">
      <p class="hint">{t.preview.notLoaded}</p>
    </section>
  );
}
