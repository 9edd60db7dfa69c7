import "../style/outline.css";
import { effect, type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Editor, isForeign, loadOutline, type OutlineEntry } from "../../editor";
import { LateWords, t } from "../../strings";
import { whenNoDialog } from "../base/open_dialogs";
import { Words } from "../base/words";
import { isMarkdown } from "../pad/markdown";
import type { Pad } from "../pad/pad";

const words = new LateWords(() => t.outline());
type Outlines = Awaited<ReturnType<typeof loadOutline>>;

/** The panel, once what makes outlines and the words are there. */
export async function loadOutlinePanel() {
  const [outlines] = await Promise.all([loadOutline(), words.load()]);
  return ({ pad }: { pad: Pad }) => <OutlinePanel pad={pad} outlines={outlines} />;
}

/** An outline is made anew when nobody has changed the text for so long. */
const QUIET_MS = 400;
/** Of fewer entries one sees all. */
const FILTERED_FROM = 10;
/** Of more the first ones are shown. */
const SHOWN_MOST = 500;

/** The headings of a Markdown text, the functions and types of code: where the caret is, and the way to each of them. */
function OutlinePanel({ pad, outlines }: { pad: Pad; outlines: Outlines }) {
  const editor = pad.editor.value;
  const outline = useSignal<readonly OutlineEntry[] | null>(null);
  const sought = useSignal("");
  useEffect(() => (editor ? keepUp(editor, outlines, outline) : undefined), [editor]);
  const all = outline.value;
  if (!editor || !all) return null;
  if (all.length === 0) return <Empty pad={pad} />;
  const isFiltered = all.length >= FILTERED_FROM;
  const query = isFiltered ? sought.value.trim().toLowerCase() : "";
  const found = all.filter((entry) => entry.words.toLowerCase().includes(query));
  return (
    <div class="outline">
      {isFiltered && (
        <input
          type="search"
          aria-label={words.now.filter}
          placeholder={words.now.filter}
          value={sought.value}
          onInput={(event) => (sought.value = event.currentTarget.value)}
        />
      )}
      <List pad={pad} editor={editor} all={all} found={found} outlines={outlines} />
      <p class="hint" role="status">
        {found.length === 0 && <Words text={words.now.nothing} />}
        {found.length > SHOWN_MOST && <Words text={words.now.more(found.length - SHOWN_MOST)} />}
      </p>
    </div>
  );
}

interface ListProps {
  pad: Pad;
  editor: Editor;
  all: readonly OutlineEntry[];
  found: readonly OutlineEntry[];
  outlines: Outlines;
}

function List({ pad, editor, all, found, outlines }: ListProps) {
  const ref = useRef<HTMLUListElement>(null);
  void editor.moves.value;
  const current = all[outlines.entryAt(all, editor.place().line - 1)];
  useEffect(() => ref.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" }), [current]);
  const goTo = ({ line }: OutlineEntry) => {
    pad.closeMenu();
    whenNoDialog(() => editor.goToLine(line));
  };
  return (
    // The arrows go from one entry to the next, as well as Tab.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <ul ref={ref} class="outline-list" onKeyDown={goOn}>
      {found.slice(0, SHOWN_MOST).map((entry) => (
        <li key={`${entry.line} ${entry.words}`} style={{ "--level": Math.min(entry.level, 6) - 1 }}>
          <button
            type="button"
            class={`quiet ${entry.kind}`}
            title={entry.words}
            aria-current={entry === current ? "location" : undefined}
            onClick={() => goTo(entry)}
          >
            <span translate={false}>{entry.words || "…"}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function goOn(event: KeyboardEvent): void {
  const steps = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll("button")];
  const next = all[all.indexOf(event.target as HTMLButtonElement) + steps];
  if (steps === 0 || !next) return;
  event.preventDefault();
  next.focus();
}

function Empty({ pad: { session } }: { pad: Pad }) {
  const { noHeadings, noSymbols, noOutline } = words.now;
  const id = session.language.value;
  const isCode = id !== null && id !== "plaintext" && !isForeign(id);
  return (
    <p class="hint">
      <Words text={isMarkdown(session) ? noHeadings : isCode ? noSymbols : noOutline} />
    </p>
  );
}

/** Keeps the outline as the text is, while the panel is there. */
function keepUp(editor: Editor, outlines: Outlines, outline: Signal<readonly OutlineEntry[] | null>): () => void {
  const stopped = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const read = async () => {
    const made = await outlines.outlineOf(editor.view, stopped.signal);
    if (made && !stopped.signal.aborted) outline.value = made;
  };
  const stop = effect(() => {
    void [editor.changes.value, editor.parsers.value];
    clearTimeout(timer);
    timer = setTimeout(read, outline.peek() ? QUIET_MS : 0);
  });
  return () => {
    stopped.abort();
    clearTimeout(timer);
    stop();
  };
}
