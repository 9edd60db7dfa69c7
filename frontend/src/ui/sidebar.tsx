import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { knownLanguage, languages, PLAIN_TEXT } from "../editor";
import type { Session } from "../session";
import { t } from "../strings";
import { About } from "./about";
import { CopyButton } from "./copy_button";
import { People } from "./people";
import { Protection } from "./protection";
import { StatusLine } from "./status_line";

/** Everything about the pad that is not its text. */
export function Sidebar({ session, notify }: { session: Session; notify: (text: string) => void }) {
  return (
    <>
      <StatusLine session={session} />
      <Share session={session} />
      <LanguageChoice session={session} />
      <People session={session} />
      <Protection session={session} notify={notify} />
      <About session={session} />
    </>
  );
}

function Share({ session }: { session: Session }) {
  const link = useMemo(() => computed(() => session.shareLink()), [session]);
  return (
    <section aria-labelledby="share-heading">
      <h2 id="share-heading">{t.share.heading}</h2>
      <div class="row">
        <input
          type="text"
          readOnly
          aria-label={t.share.link}
          value={link.value}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton text={() => link.value} label={t.share.copyLink} />
      </div>
      <p class="hint">{session.otp.value === null ? t.share.hint : t.share.hintProtected}</p>
    </section>
  );
}

function LanguageChoice({ session }: { session: Session }) {
  return (
    <section>
      <h2>
        <label for="language">{t.language.heading}</label>
      </h2>
      <select
        id="language"
        disabled={session.isReadOnly.value}
        value={knownLanguage(session.language.value)}
        onChange={(event) => session.setLanguage(event.currentTarget.value)}
      >
        <option value={PLAIN_TEXT}>{t.language.plain}</option>
        {languages.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </select>
    </section>
  );
}
