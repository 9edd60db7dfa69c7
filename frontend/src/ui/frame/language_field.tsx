import { useMemo } from "preact/hooks";
import { isForeign, knownLanguage, languages, loadLanguages, PLAIN_TEXT } from "../../editor";
import { t } from "../../strings";
import { Combobox } from "../base/combobox";
import { whenNoDialog } from "../base/open_dialogs";
import type { Pad } from "../pad/pad";

/** Chooses the language of the text, for everybody in the pad. Then one can type. */
export function LanguageField({ pad }: { pad: Pad }) {
  const { session } = pad;
  const id = session.language.value;
  const all = languages.value;
  const options = useMemo(() => {
    const own = isForeign(id) ? [{ id, label: id }] : [];
    return [...own, { id: PLAIN_TEXT, label: t.language.plain, words: ["text", "txt"] }, ...all];
  }, [id, all]);
  const choose = (chosen: string) => {
    session.setLanguage(chosen);
    pad.closeMenu();
    whenNoDialog(() => pad.editor.peek()?.focus());
  };
  return (
    // Where the languages could not be loaded with the page, they are when somebody wants to choose.
    <span class="language-field" onFocusIn={() => void loadLanguages()}>
      <label class="visually-hidden" for="language">
        {t.language.heading}
      </label>
      <Combobox
        id="language"
        options={options}
        value={isForeign(id) ? id : knownLanguage(id)}
        disabled={session.isReadOnly.value}
        nothing={t.language.nothing}
        choose={choose}
      />
    </span>
  );
}
