import { hasFingers } from "../base/media";
import { Icon } from "../base/icon";
import { Words } from "../base/words";
import { openComments } from "../pad/open_comments";
import type { Pad } from "../pad/pad";
import { panelsFor } from "../panels/panels";
import { frameWords } from "../base/frame_words";

const FIND = "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20";

/** A larger number has no room. */
const COUNTED_MOST = 99;

/** What opens and closes the panels that have something to show. The search is there for those alone who may have no key
 * for it. */
export function Rail({ pad }: { pad: Pad }) {
  const words = frameWords.now;
  const open = pad.panel.id.value;
  const panels = panelsFor(pad).filter(({ id, isOffered }) => id === open || (isOffered?.(pad) ?? true));
  const { value: comments } = openComments(pad.session);
  return (
    <nav class="rail" aria-label={words.rail}>
      {hasFingers && (
        <button type="button" class="quiet icon-button" aria-label={words.find} title={words.find} onClick={() => void pad.editor.value?.perform("find")}>
          <Icon path={FIND} />
        </button>
      )}
      {panels.map(
        ({ id, icon }) =>
          icon && (
            <button
              key={id}
              type="button"
              class="quiet icon-button"
              aria-label={id === "comments" && comments > 0 ? words.openComments(comments) : words.panels[id]}
              title={words.panels[id]}
              aria-expanded={open === id}
              aria-controls="panel"
              onClick={() => pad.panel.toggle(id)}
            >
              <Icon path={icon} />
              {id === "comments" && comments > 0 && <Count of={comments} />}
            </button>
          ),
      )}
    </nav>
  );
}

function Count({ of }: { of: number }) {
  return (
    <span class="rail-count" aria-hidden="true">
      <Words text={of > COUNTED_MOST ? `${COUNTED_MOST}+` : String(of)} />
    </span>
  );
}
