import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import type { Draft } from "../../comments";
import { t } from "../../strings";
import { isComposed, isMac, shownKeys } from "../base/keys";
import { hasFingers } from "../base/media";
import { Words } from "../base/words";
import { commentWords } from "./words";

interface Props {
  draft: Draft;
  /** The one of which somebody has just asked for the box. */
  askedFor: Signal<Draft | null>;
  label: string;
  /** What the button says that sends it. */
  send: string;
  onSend: () => void;
  /** It is left, by the button or by Escape. */
  onLeave: () => void;
}

/** A box for a comment. What could not be sent stays in it. Where its thread moves to another list while one writes in it, the
 * box is made anew, and takes the keyboard back; but never from the text. */
export function Composer({ draft, askedFor, label, send, onSend, onLeave }: Props) {
  const words = commentWords.now;
  const field = useRef<HTMLTextAreaElement>(null);
  const note = useId();
  const isAskedFor = askedFor.value === draft;
  // At once: what is typed next is meant for it. In a sheet that is about to open it cannot have the keyboard yet: the sheet
  // gives it to what has "autofocus".
  useLayoutEffect(() => {
    const { current } = field;
    if (!isAskedFor && document.activeElement !== document.body) return;
    if (isAskedFor) askedFor.value = null;
    current!.focus();
    current!.setSelectionRange(current!.value.length, current!.value.length);
  }, [draft, isAskedFor]);
  const isIdle = draft.state.value === "written";
  const submit = (event: Event) => {
    event.preventDefault();
    if (draft.words === "") field.current!.focus();
    else onSend();
  };
  const press = (event: KeyboardEvent) => {
    if (isComposed(event)) return;
    if (event.key === "Enter" && (isMac ? event.metaKey : event.ctrlKey)) return submit(event);
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation(); // the panel around it stays
    onLeave();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys anywhere in it send it or leave it
    <form class="composer" onSubmit={submit} onKeyDown={press}>
      <textarea
        ref={field}
        rows={3}
        dir="auto"
        autofocus={isAskedFor}
        aria-label={label}
        aria-describedby={note}
        placeholder={words.placeholder}
        readOnly={draft.state.value === "sending"}
        value={draft.text.value}
        onInput={(event) => (draft.text.value = event.currentTarget.value)}
      />
      <div id={note} class="composer-note" role="status">
        <Note draft={draft} />
      </div>
      <div class="actions">
        <button type="submit" class="primary" aria-busy={!isIdle} aria-disabled={!isIdle || draft.excess > 0}>
          {draft.problem.value === null ? send : words.again}
        </button>
        <button type="button" class="quiet" onClick={onLeave}>
          {t.cancel}
        </button>
      </div>
    </form>
  );
}

/** Why it has not been sent, or how it is. */
function Note({ draft }: { draft: Draft }) {
  const words = commentWords.now;
  const { value: problem } = draft.problem;
  const { value: state } = draft.state;
  if (draft.excess > 0) return <Wrong>{words.excess(draft.excess)}</Wrong>;
  if (state === "waiting") return <Words text={words.waiting} />;
  if (state === "sending") return <Words text={words.sending} />;
  if (problem !== null) return <Wrong>{words.problems[problem] ?? words.otherProblem(problem)}</Wrong>;
  if (hasFingers) return null;
  return <Words text={words.keysToSend(shownKeys("Mod-Enter", words.keyNames))} />;
}

function Wrong({ children }: { children: ComponentChildren }) {
  return <span class="error">{children}</span>;
}
