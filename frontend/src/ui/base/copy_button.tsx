import { useSignal } from "@preact/signals";
import { t } from "../../strings";
import { copyText } from "./copy";
import { Words } from "./words";

const SHOWN_MS = 2000;

/** A button that copies, and says whether it did. */
export function CopyButton({ text, label, class: className }: { text: () => string; label: string; class?: string }) {
  const outcome = useSignal<string | null>(null);
  const copy = async () => {
    outcome.value = (await copyText(text())) ? t.copied : t.copyFailed;
    setTimeout(() => (outcome.value = null), SHOWN_MS);
  };
  return (
    <button type="button" class={className} onClick={copy}>
      <span aria-live="polite">
        <Words text={outcome.value ?? label} />
      </span>
    </button>
  );
}
