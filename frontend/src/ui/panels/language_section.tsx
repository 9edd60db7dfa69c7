import { useMemo } from "preact/hooks";
import { settings, setSettings } from "../../browser";
import { isForeign, knownLanguage, languages, loadLanguages, PLAIN_TEXT } from "../../editor";
import type { Session } from "../../session";
import { t } from "../../strings";
import { Combobox } from "../base/combobox";
import { isMarkdown } from "../pad/markdown";
import { Switch } from "../base/switch";

/** Chooses the language of the text, for everybody in the pad. */
export function LanguageSection({ session }: { session: Session }) {
  const id = session.language.value;
  const all = languages.value;
  const options = useMemo(() => {
    const own = isForeign(id) ? [{ id, label: id }] : [];
    return [...own, { id: PLAIN_TEXT, label: t.language.plain, words: ["text", "txt"] }, ...all];
  }, [id, all]);
  return (
    // Where the languages could not be loaded with the page, they are when somebody wants to choose.
    <section onFocusIn={() => void loadLanguages()}>
      <h2>
        <label for="language">{t.language.heading}</label>
      </h2>
      <Combobox
        id="language"
        options={options}
        value={isForeign(id) ? id : knownLanguage(id)}
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
