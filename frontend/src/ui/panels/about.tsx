import { useSignal } from "@preact/signals";
import { loadChunk } from "../../browser";
import { t } from "../../strings";
import type { Pad } from "../pad/pad";
import { Words } from "../base/words";

/** The dialog and its texts, which few visits want. */
async function load() {
  const [{ AboutDialog }, about] = await Promise.all([import("../dialogs/about_dialog"), t.about.more()]);
  return { AboutDialog, about };
}

/** The bottom of the sidebar: when the pad expires, a new pad, and a dialog about the page. */
export function About({ pad }: { pad: Pad }) {
  const dialog = useSignal<Awaited<ReturnType<typeof load>> | null>(null);
  const open = async () => (dialog.value = await loadChunk("about", load));
  const close = () => (dialog.value = null);
  const expires = pad.expiry.value?.toLocaleDateString(t.locale, { dateStyle: "long" });
  return (
    <section class="about" aria-label={t.about.heading}>
      {expires && (
        <p class="hint">
          <Words text={t.about.expires(expires)} />
        </p>
      )}
      <div class="pairs">
        <a class="button" href="./">
          {t.about.newPad}
        </a>
        <button type="button" onClick={open}>
          {t.about.button}
        </button>
      </div>
      {dialog.value && <dialog.value.AboutDialog session={pad.session} about={dialog.value.about} onClose={close} />}
    </section>
  );
}
