import { t } from "../../strings";
import { Words } from "../base/words";
import type { Pad } from "../pad/pad";

/** The people who are here; a press shows the list of them. */
export function Avatars({ pad }: { pad: Pad }) {
  const { session } = pad;
  const me = session.userId.value;
  const count = session.people.list.value.filter(({ id }) => id !== me).length + 1;
  const label = session.link.value.kind === "up" || count === 1 ? t.people.heading(count) : t.people.before(count);
  return (
    <button type="button" class="quiet avatars" aria-label={label} title={label} onClick={() => pad.panel.toggle("people")}>
      <Words text={String(count)} />
    </button>
  );
}
