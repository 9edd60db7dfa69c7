import { useEffect, useRef } from "preact/hooks";
import { type ActionId, t } from "../../strings";
import type { Action } from "../actions/actions";
import { Dialog } from "../base/dialog";
import { hasFingers, isNarrow } from "../base/media";
import type { Pad } from "../pad/pad";
import { LanguageField } from "./language_field";

/** What is done with the pad as a whole, in groups. */
const ITEMS: readonly (readonly ActionId[])[] = [
  ["new", "recent", "open", "image"],
  ["download", "downloadHtml", "print"],
  ["copy", "copyFormatted"],
  ["history", "owner"],
  ["find", "replace", "goToLine"],
  ["palette", "about"],
];
/** On small screens there is neither rail nor status bar, and no keyboard with its keys. */
const NARROW_ITEMS: readonly (readonly ActionId[])[] = [
  ["find", "replace", "goToLine", "preview"],
  ["undo", "redo", "addComment"],
  ...ITEMS.slice(0, -2),
  ["outline", "people", "comments", "settings", "about"],
];

/** The menu of the pad, made from the table of actions: below its title, and on small screens from below. */
export function Menu({ pad, actions }: { pad: Pad; actions: readonly Action[] }) {
  const close = () => void (pad.menu.value = false);
  const run = (action: Action) => {
    close();
    void action.run(pad);
  };
  const groups = (isNarrow.value ? NARROW_ITEMS : ITEMS)
    .map((ids) => ids.map((id) => actions.find((it) => it.id === id)!).filter(({ isOffered }) => isOffered?.(pad) ?? true))
    .filter((group) => group.length > 0);
  return (
    <Dialog label={t.frame.menu} class={isNarrow.value ? "sheet" : "menu"} onClose={close}>
      {isNarrow.value && !pad.session.access.isReader.value && (
        <div class="menu-language">
          <span aria-hidden="true">{t.language.heading}</span>
          <LanguageField pad={pad} />
        </div>
      )}
      <Items>
        {groups.map((group, i) => (
          <div key={group[0]!.id} role="group">
            {group.map((action, j) => (
              <Item key={action.id} action={action} pad={pad} isFirst={i + j === 0} run={() => run(action)} />
            ))}
          </div>
        ))}
      </Items>
    </Dialog>
  );
}

interface ItemProps {
  action: Action;
  pad: Pad;
  isFirst: boolean;
  run: () => void;
}

function Item({ action, pad, isFirst, run }: ItemProps) {
  const { isOn, keys } = action;
  const role = isOn ? { role: "menuitemcheckbox", "aria-checked": isOn(pad) } as const : { role: "menuitem" } as const;
  return (
    <button type="button" {...role} tabIndex={-1} autofocus={isFirst && !isNarrow.value} onClick={run}>
      <span>{action.words()}</span>
      {keys && !hasFingers && <kbd aria-hidden="true">{keys}</kbd>}
    </button>
  );
}

/** Walked through by the arrows, and found by first letters. */
function Items({ children }: { children: preact.ComponentChildren }) {
  const ref = useRef<HTMLDivElement>(null);
  // Taking the keyboard has scrolled the dialog to the items, and what is above them out of it.
  useEffect(() => ref.current!.closest(".dialog-body")!.scrollTo(0, 0), []);
  const items = () => [...ref.current!.querySelectorAll<HTMLButtonElement>("button")];
  const press = (event: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const last = all.length - 1;
    const moves: Record<string, number> = { ArrowDown: at < last ? at + 1 : 0, ArrowUp: at > 0 ? at - 1 : last, Home: 0, End: last };
    const to = moves[event.key] ?? byLetter(all, at, event);
    if (to === null) return;
    event.preventDefault();
    all[to]!.focus();
  };
  return (
    // With fingers nothing is chosen yet, and a field before the items would bring up the keyboard.
    <div ref={ref} class="menu-items" role="menu" tabIndex={-1} autofocus={isNarrow.value} aria-label={t.frame.menu} onKeyDown={press}>
      {children}
    </div>
  );
}

/** The next item that begins with the letter; null: none does. */
function byLetter(all: readonly HTMLElement[], at: number, { key, ctrlKey, metaKey, altKey }: KeyboardEvent): number | null {
  if (key.length !== 1 || ctrlKey || metaKey || altKey) return null;
  const begins = (it: HTMLElement) => it.textContent!.toLowerCase().startsWith(key.toLowerCase());
  const next = [...all.keys()].sort((a, b) => Number(a <= at) - Number(b <= at)).find((i) => begins(all[i]!));
  return next ?? null;
}
