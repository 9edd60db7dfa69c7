import { useSignal } from "@preact/signals";
import type { Session } from "../session";
import { t } from "../strings";
import { Dialog } from "./dialog";
import type { Pad } from "./pad";
import { Words } from "./words";

const PAGE_SHA = import.meta.env.VITE_SHA || "dev";

/** True where the keys are written as on a Mac. */
const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** The bottom of the sidebar: when the pad expires, a new pad, and a dialog about the page. */
export function About({ pad }: { pad: Pad }) {
  const isOpen = useSignal(false);
  const close = () => (isOpen.value = false);
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
        <button type="button" onClick={() => (isOpen.value = true)}>
          {t.about.button}
        </button>
      </div>
      {isOpen.value && (
        <Dialog label={t.about.heading} onClose={close}>
          <AboutText session={pad.session} />
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

function AboutText({ session }: { session: Session }) {
  const welcome = session.welcome.value;
  return (
    <>
      {/* Read from its top: the first button, which the browser would go to, is at the end. */}
      <h2 tabIndex={-1} autofocus>
        {t.appName}
      </h2>
      <p>{t.about.text}</p>
      <h3>{t.about.shortcuts}</h3>
      <dl class="keys">
        {t.about.keys.map(([keys, what, onMac]) => (
          <div key={keys}>
            <dt>
              <kbd>{isMac ? onMac : keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">
        {t.about.page(PAGE_SHA)}
        <br />
        {welcome && <Words text={t.about.server(welcome.server)} />}
      </p>
    </>
  );
}
