import { setSettings, settings, TAB_SIZES } from "../../browser";
import type { Editor } from "../../editor";
import { frameWords } from "../base/frame_words";

const AS_TEXT = "text";
const TABS = "tabs";

/** Shows by what the Tab key indents, and changes it. */
export function IndentationField({ editor }: { editor: Editor }) {
  const { detect, tabs, tabSize } = settings.value;
  const found = detect ? editor.indentation.value : null;
  const now = found ?? { tabs, size: tabSize };
  const words = frameWords.now;
  const choose = (choice: string) => {
    if (choice === AS_TEXT) setSettings({ detect: true });
    else if (choice === TABS) setSettings({ detect: false, tabs: true });
    else setSettings({ detect: false, tabs: false, tabSize: Number(choice) });
    editor.focus();
  };
  return (
    <label class="shown-select">
      <span aria-hidden="true">{now.tabs ? words.tabs : words.spaces(now.size)}</span>
      <select
        aria-label={words.indentation}
        title={words.indentation}
        value={detect ? AS_TEXT : tabs ? TABS : String(tabSize)}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value={AS_TEXT}>{words.asText}</option>
        {TAB_SIZES.map((size) => (
          <option key={size} value={String(size)}>
            {words.spaces(size)}
          </option>
        ))}
        <option value={TABS}>{words.tabs}</option>
      </select>
    </label>
  );
}
