import { t } from "../../strings";
import type { Pad } from "../pad/pad";
import { Words } from "../base/words";

/** The bottom of the sidebar: when the pad expires, a new pad, and a dialog about the page. */
export function About({ pad }: { pad: Pad }) {
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
        <button type="button" onClick={() => (pad.dialog.value = "about")}>
          {t.about.button}
        </button>
      </div>
    </section>
  );
}
