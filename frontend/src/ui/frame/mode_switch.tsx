import { t } from "../../strings";
import { Icon } from "../base/icon";
import { isNarrow } from "../base/media";
import { isMarkdown } from "../pad/markdown";
import { type Mode, modeOf, MODES, setMode } from "../pad/mode";
import type { Pad } from "../pad/pad";

/** Chooses how Markdown is shown; on small screens there is room for one of the two, and for one button. */
export function ModeSwitch({ pad }: { pad: Pad }) {
  if (!isMarkdown(pad.session)) return null;
  const mode = modeOf(pad.session);
  const names = pad.session.access.isReader.value ? { ...t.preview.modes, edit: t.text.heading } : t.preview.modes;
  const modes: readonly Mode[] = isNarrow.value ? [mode === "edit" ? "read" : "edit"] : MODES;
  const choose = (next: Mode) => {
    setMode(next);
    // The text is there once this is shown.
    if (next !== "read") requestAnimationFrame(() => pad.editor.peek()?.focus());
  };
  return (
    <div class="mode-switch" role="group" aria-label={t.preview.mode}>
      {modes.map((it) => (
        <button
          key={it}
          type="button"
          class={isNarrow.value ? "quiet icon-button" : ""}
          aria-label={names[it]}
          aria-pressed={isNarrow.value ? undefined : it === mode}
          onClick={() => choose(it)}
        >
          {isNarrow.value ? <Icon name={it === "read" ? "read" : "edit"} /> : names[it]}
        </button>
      ))}
    </div>
  );
}
