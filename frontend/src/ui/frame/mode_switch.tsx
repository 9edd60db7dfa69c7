import { settings, setSettings } from "../../browser";
import { t } from "../../strings";
import { isMarkdown } from "../pad/markdown";
import type { Pad } from "../pad/pad";

/** Shows the text as it reads beside it, or not, where it can be read in another way. */
export function ModeSwitch({ pad }: { pad: Pad }) {
  if (!isMarkdown(pad.session)) return null;
  const { preview } = settings.value;
  return (
    <button type="button" class="mode-switch" title={t.preview.show} aria-pressed={preview} onClick={() => setSettings({ preview: !preview })}>
      {t.preview.heading}
    </button>
  );
}
