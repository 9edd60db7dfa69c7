import { Icon } from "../base/icon";
import type { Pad } from "../pad/pad";
import { shownPanels } from "../panels/panels";
import { frameWords } from "./words";

const FIND = "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20";

/** The search, and what opens and closes the panels. */
export function Rail({ pad }: { pad: Pad }) {
  const words = frameWords.now;
  return (
    <nav class="rail" aria-label={words.rail}>
      <button type="button" class="quiet icon-button" aria-label={words.find} title={words.find} onClick={() => void pad.editor.value?.perform("find")}>
        <Icon path={FIND} />
      </button>
      {shownPanels.map(({ id, icon }) => (
        <button
          key={id}
          type="button"
          class="quiet icon-button"
          aria-label={words.panels[id]}
          title={words.panels[id]}
          aria-expanded={pad.panel.id.value === id}
          aria-controls="panel"
          onClick={() => pad.panel.toggle(id)}
        >
          <Icon path={icon} />
        </button>
      ))}
    </nav>
  );
}
