import "./palette.css";
import { effect, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { loadChunk } from "../../browser";
import { loadOutline, type OutlineEntry } from "../../editor";
import type { ActionText } from "../../strings";
import { Dialog } from "../base/dialog";
import { isComposed } from "../base/keys";
import { whenNoDialog } from "../base/open_dialogs";
import type { Pad } from "../pad/pad";
import { type Entry, foundSections, sectionsOf } from "./entries";

interface Props {
  pad: Pad;
  text: ActionText;
  onClose: () => void;
}

const PAGE = 8;

/** Everything that can be done in the pad, found by typing: a combobox with a list, as the ARIA authoring practices have
 * it. The field keeps the keyboard. */
export function Palette({ pad, text, onClose }: Props) {
  const query = useSignal("");
  const active = useSignal(0);
  const list = useRef<HTMLDivElement>(null);
  const outline = useOutline(pad);
  // As it was when it was opened: nothing moves under the fingers while others come and go. The outline is found by
  // typing alone.
  const all = useMemo(() => sectionsOf(pad, text, outline), [pad, text, outline]);
  const sections = useMemo(() => foundSections(all, query.value), [all, query.value]);
  const entries = sections.flatMap((section) => section.entries);
  const chosen = entries[active.value];

  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active.value, sections]);

  const take = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    // The keyboard is back where it was by then, unless the entry wants it elsewhere.
    whenNoDialog(() => void entry.run(pad));
  };
  const move = (steps: number, goesRound = false) => {
    const count = Math.max(entries.length, 1);
    const to = active.value + steps;
    active.value = goesRound ? (to + count) % count : Math.min(Math.max(to, 0), count - 1);
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => move(1, true),
    ArrowUp: () => move(-1, true),
    PageDown: () => move(PAGE),
    PageUp: () => move(-PAGE),
    Enter: () => take(chosen),
  };
  const press = (event: KeyboardEvent) => {
    const act = keys[event.key];
    if (!act || isComposed(event)) return;
    event.preventDefault();
    act();
  };
  return (
    <Dialog label={text.palette.label} class="palette" onClose={onClose}>
      <input
        type="text"
        role="combobox"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        aria-label={text.palette.label}
        placeholder={text.palette.label}
        aria-autocomplete="list"
        aria-expanded={true}
        aria-controls="palette-list"
        aria-activedescendant={chosen && idOf(chosen)}
        value={query.value}
        autofocus
        onInput={(event) => {
          query.value = event.currentTarget.value;
          active.value = 0;
        }}
        onKeyDown={press}
      />
      <div ref={list} id="palette-list" role="listbox" aria-label={text.palette.label} class="palette-list">
        {sections.map(({ heading, entries }) => (
          <div key={heading} role="group" aria-label={heading}>
            <div class="palette-heading" aria-hidden="true">
              {heading}
            </div>
            {entries.map((entry) => (
              <Choice key={entry.id} entry={entry} isActive={entry === chosen} take={() => take(entry)} />
            ))}
          </div>
        ))}
        {entries.length === 0 && (
          <div role="option" aria-selected={false} aria-disabled="true" class="nothing">
            {text.palette.nothing}
          </div>
        )}
      </div>
      <p class="visually-hidden" role="status">
        {query.value !== "" && text.palette.found(entries.length)}
      </p>
    </Dialog>
  );
}

/** The outline of the text as it is when the palette is opened, or when the language's code comes after that; none until it is made. */
function useOutline({ editor }: Pad): readonly OutlineEntry[] {
  const outline = useSignal<readonly OutlineEntry[]>([]);
  useEffect(() => {
    const closed = new AbortController();
    const make = async () => {
      const chunk = await loadChunk("outline", loadOutline);
      const view = editor.peek()?.view;
      const made = chunk && view ? await chunk.outlineOf(view, closed.signal) : null;
      if (made && !closed.signal.aborted) outline.value = made;
    };
    const stop = effect(() => {
      void editor.peek()?.parsers.value;
      void make();
    });
    return () => {
      stop();
      closed.abort();
    };
  }, [editor]);
  return outline.value;
}

function Choice({ entry, isActive, take }: { entry: Entry; isActive: boolean; take: () => void }) {
  const { name, keys, isOn, isForeign } = entry;
  return (
    // The field has the keyboard; the pointer must not take it away.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={idOf(entry)}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      aria-checked={isOn}
      class={isOn ? "on" : ""}
      onMouseDown={(event) => event.preventDefault()}
      onClick={take}
    >
      <span class="palette-name" translate={isForeign ? false : undefined}>
        {name}
      </span>
      {keys && <kbd>{keys}</kbd>}
    </div>
  );
}

function idOf({ id }: Entry): string {
  return `palette-${encodeURIComponent(id)}`;
}
