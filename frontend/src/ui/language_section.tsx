import { knownLanguage, languages, PLAIN_TEXT } from "../editor";
import type { Session } from "../session";
import { t } from "../strings";

/** What the text is written in, for everybody in the pad. */
export function LanguageSection({ session }: { session: Session }) {
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
