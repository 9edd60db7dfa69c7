import { computed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { loadChunk } from "../../browser";
import type { Session } from "../../session";
import { t } from "../../strings";
import { CopyButton } from "../base/copy_button";
import { Dialog } from "../base/dialog";
import { Words } from "../base/words";

/** Shows the link, to copy or to point a camera at. */
export function ShareSection({ session }: { session: Session }) {
  const link = useMemo(() => computed(() => session.shareLink()), [session]);
  const showsCode = useSignal(false);
  const close = () => (showsCode.value = false);
  return (
    <section aria-label={t.share.link}>
      <input
        type="text"
        readOnly
        aria-label={t.share.link}
        value={link.value}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="row wrap">
        <CopyButton text={() => link.value} label={t.share.copyLink} class="primary" />
        <button type="button" onClick={() => (showsCode.value = true)}>
          {t.share.code}
        </button>
      </div>
      <p class="hint">
        <Words text={session.acceptedOtp.value === null ? t.share.hint : t.share.hintProtected} />
      </p>
      {showsCode.value && (
        <Dialog label={t.share.codeHeading} onClose={close}>
          <h2>{t.share.codeHeading}</h2>
          <QrCode text={link.value} />
          <div class="actions">
            <button type="button" onClick={close}>
              {t.close}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  );
}

function QrCode({ text }: { text: string }) {
  const modules = useSignal<boolean[][] | null>(null);
  const isMissing = useSignal(false);
  useEffect(() => {
    void loadChunk("QR code", () => import("uqr")).then((chunk) => {
      isMissing.value = chunk === null;
      modules.value = chunk?.encode(text, { border: 3 }).data ?? null;
    });
  }, [text]);
  const rows = modules.value;
  if (isMissing.value) return <p>{t.share.codeMissing}</p>;
  if (!rows) return <div class="qr" />;
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg class="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={t.share.codeLabel}>
      <path d={path.join("")} />
    </svg>
  );
}
