import "../style/start.css";
import { loadChunk, setSettings } from "../../browser";
import { languageName, loadLanguages, PLAIN_TEXT } from "../../editor";
import type { StartText, TemplateId } from "../../strings";
import { t } from "../../strings";
import { isNarrow } from "../base/media";
import type { Pad } from "../pad/pad";
import { pickFile } from "./file_opener";
import { RecentList } from "./recent_list";

/** The languages that most pads are in, to be chosen with one click; all the others are in the list of languages. */
const USUAL_LANGUAGES = ["markdown", "python", "javascript", PLAIN_TEXT];
const TEMPLATES: readonly TemplateId[] = ["minutes", "interview", "lesson"];

/** What one may begin a new pad with: a language, a text to fill in, a file, or one of the pads where one has been. */
export function StartCard({ pad, words }: { pad: Pad; words: StartText }) {
  const { session, editor } = pad;
  void loadLanguages();
  const language = session.language.value;
  const choose = (id: string) => {
    session.setLanguage(id);
    editor.peek()?.focus();
  };
  return (
    <section class="start" aria-label={words.label}>
      <p class="hint">{t.start.explain}</p>
      <div class="chips" role="group" aria-label={words.language}>
        <span>{words.language}</span>
        {USUAL_LANGUAGES.map((id) => (
          <button key={id} type="button" aria-pressed={id === language} onClick={() => choose(id)}>
            {languageName(id) ?? t.language.plain}
          </button>
        ))}
      </div>
      <div class="chips" role="group" aria-label={words.begin}>
        <span>{words.begin}</span>
        {TEMPLATES.map((id) => (
          <button key={id} type="button" onClick={() => void beginWith(pad, words, id)}>
            {words.templates[id]}
          </button>
        ))}
        <button type="button" onClick={() => pickFile(pad)}>
          {words.open}
        </button>
      </div>
      <RecentList session={session} heading={<h2>{t.recent.heading}</h2>} />
    </section>
  );
}

/** Fills the pad with a template, as one edit of the user. */
async function beginWith({ session, editor, notify }: Pad, words: StartText, id: TemplateId): Promise<void> {
  const templates = await loadChunk("templates", words.templatesText);
  // Somebody may have been quicker.
  if (templates === null || session.localText() !== "") return;
  const { text, language } = templates[id];
  const onDropped = () => session.localText() !== text && notify(t.start.taken, { about: "offer" });
  editor.peek()?.replaceText(text, { ends: "when_touched", onDropped }, null);
  session.setLanguage(language);
  if (!isNarrow.value) setSettings({ preview: true });
  editor.peek()?.focus();
}
