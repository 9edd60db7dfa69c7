import type { Session } from "../../session";
import { t } from "../../strings";
import { Dialog } from "../base/dialog";
import { isMac } from "../base/keys";
import { Words } from "../base/words";

type Texts = Awaited<ReturnType<typeof t.about.more>>;

const PAGE_SHA = import.meta.env.VITE_SHA || "dev";

/** The page and its shortcuts; a chunk of its own, since few visits open it. */
export function AboutDialog({ session, about, onClose }: { session: Session; about: Texts; onClose: () => void }) {
  return (
    <Dialog label={t.about.heading} onClose={onClose}>
      <AboutText session={session} about={about} />
      <div class="actions">
        <button type="button" onClick={onClose}>
          {t.close}
        </button>
      </div>
    </Dialog>
  );
}

function AboutText({ session, about }: { session: Session; about: Texts }) {
  const welcome = session.welcome.value;
  return (
    <>
      {/* Read from its top: the first button, which the browser would go to, is at the end. */}
      <h2 tabIndex={-1} autofocus>
        {t.appName}
      </h2>
      <p>{about.text}</p>
      <h3>{t.about.shortcuts}</h3>
      <dl class="keys">
        {about.keys.map(([keys, what, onMac]) => (
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
