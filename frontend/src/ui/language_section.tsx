import { useMemo } from "preact/hooks";
import { knownLanguage, languages, PLAIN_TEXT } from "../editor";
import { type Session, settings, setSettings } from "../session";
import { t } from "../strings";
import { Combobox } from "./combobox";
import { isMarkdown } from "./preview_pane";
import { Switch } from "./switch";

/** What the text is written in, for everybody in the pad. */
export function LanguageSection({ session }: { session: Session }) {
  const options = useMemo(() => [{ id: PLAIN_TEXT, label: t.language.plain, words: ["text", "txt"] }, ...languages], []);
  return (
    <section>
      <h2>
        <label for="language">{t.language.heading}</label>
      </h2>
      <Combobox
        id="language"
        options={options}
        value={knownLanguage(session.language.value)}
        disabled={session.isReadOnly.value}
        nothing={t.language.nothing}
        choose={(id) => session.setLanguage(id)}
      />
      {isMarkdown(session) && (
        <Switch label={t.preview.show} isOn={settings.value.preview} set={(on) => setSettings({ preview: on })} />
      )}
    </section>
  );
}
