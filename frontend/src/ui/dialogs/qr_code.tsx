import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadChunk } from "../../browser";
import { type ShareText, t } from "../../strings";
import { Dialog } from "../base/dialog";

/** A text as a QR code, or the sentence `missing` where the code for that cannot be loaded. */
export function QrCode({ text, label, missing }: { text: string; label: string; missing: string }) {
  const modules = useSignal<boolean[][] | null>(null);
  const isMissing = useSignal(false);
  useEffect(() => {
    void loadChunk("QR code", () => import("uqr")).then((chunk) => {
      isMissing.value = chunk === null;
      modules.value = chunk?.encode(text, { border: 3 }).data ?? null;
    });
  }, [text]);
  const rows = modules.value;
  if (isMissing.value) return <p>{missing}</p>;
  if (!rows) return <div class="qr" />;
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg class="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={label}>
      <path d={path.join("")} />
    </svg>
  );
}

/** The code as large as the screen, with the address in large letters for who has no camera: for a room full of people. */
export function FullScreenCode({ text, words, onClose }: { text: string; words: ShareText; onClose: () => void }) {
  return (
    <Dialog label={words.codeLabel} class="full-code" onClose={onClose}>
      <QrCode text={text} label={words.codeLabel} missing={words.codeMissing} />
      <p class="address" translate={false}>
        {text.replace(/^https?:\/\//, "")}
      </p>
      <button type="button" onClick={onClose}>
        {t.close}
      </button>
    </Dialog>
  );
}
