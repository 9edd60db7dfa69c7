import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { isComposed } from "./keys";
import { found, type Option } from "./options";

interface Props {
  /** The id of the field, to which its label refers. */
  id: string;
  options: readonly Option[];
  /** The id of the one that is chosen. */
  value: string;
  disabled: boolean;
  /** Said when a search finds nothing. */
  nothing: string;
  choose: (id: string) => void;
}

/** A choice among many, found by typing: the editable combobox with a list of
 * the ARIA authoring practices. What is typed and not chosen is dropped. */
export function Combobox({ id, options, value, disabled, nothing, choose }: Props) {
  const query = useSignal<string | null>(null); // null: closed
  const active = useSignal(0);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const isOpen = query.value !== null;
  const shown = isOpen ? found(options, query.value!) : [];
  const current = options.find((option) => option.id === value);
  const idOf = (option: Option | undefined) => option && `${id}-${options.indexOf(option)}`;

  useEffect(() => {
    list.current?.children[active.value]?.scrollIntoView({ block: "nearest" });
  }, [active.value, isOpen]);
  // Closed and still in the field: what is typed next is another search.
  useEffect(() => {
    if (!isOpen && document.activeElement === field.current) field.current?.select();
  }, [isOpen]);

  const open = () => {
    query.value = "";
    active.value = Math.max(0, options.indexOf(current!));
  };
  const close = () => (query.value = null);
  const take = (option: Option | undefined) => {
    close();
    if (option && option.id !== value) choose(option.id);
  };
  const move = (steps: number) => {
    if (!isOpen) return open();
    const last = shown.length - 1;
    active.value = Math.min(Math.max(active.value + steps, 0), Math.max(last, 0));
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    PageDown: () => move(8),
    PageUp: () => move(-8),
    Enter: () => (isOpen ? take(shown[active.value]) : open()),
  };
  const press = (event: KeyboardEvent) => {
    // Only an open list takes Escape: else it is the dialog's around it.
    const act = event.key === "Escape" && isOpen ? close : keys[event.key];
    if (!act || isComposed(event)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <div class="combobox">
      <input
        ref={field}
        id={id}
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}-list` : undefined}
        aria-activedescendant={isOpen ? idOf(shown[active.value]) : undefined}
        disabled={disabled}
        value={query.value || (isOpen ? "" : (current?.label ?? ""))}
        placeholder={current?.label}
        onInput={(event) => {
          query.value = event.currentTarget.value;
          active.value = 0;
        }}
        onClick={() => !isOpen && open()}
        onKeyDown={press}
        onBlur={close}
      />
      {isOpen && (
        <div ref={list} id={`${id}-list`} role="listbox" aria-labelledby={id}>
          {shown.map((option, i) => (
            // The field has the keyboard; the pointer must not take it away.
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
            <div
              key={option.id}
              id={idOf(option)}
              role="option"
              tabIndex={-1}
              aria-selected={i === active.value}
              class={option.id === value ? "chosen" : ""}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(option)}
            >
              {option.label}
            </div>
          ))}
          {shown.length === 0 && (
            <div role="option" aria-selected={false} aria-disabled="true" class="nothing">
              {nothing}
            </div>
          )}
        </div>
      )}
    </div>
  );
}
