import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadPart } from "../editor";
import { t } from "../strings";
import type { Pad } from "./pad";

type Pane = typeof import("./preview_pane");

/** Beside the text, for the preview: a part of the page that few visits want. */
export function PreviewPlace({ pad }: { pad: Pad }) {
  const pane = useSignal<Pane | "coming" | null>("coming");
  useEffect(() => {
    void loadPart("preview", () => import("./preview_pane")).then((part) => (pane.value = part));
  }, []);
  if (pane.value === "coming") return <section class="preview" />;
  if (pane.value) return <pane.value.PreviewPane pad={pad} />;
  return (
    <section class="preview">
      <p class="hint">{t.preview.notLoaded}</p>
    </section>
  );
}
