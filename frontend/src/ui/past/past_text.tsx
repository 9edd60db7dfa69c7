import "../style/history.css";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { loadPastView } from "../../editor";
import type { PastTexts, Shown, Sitting } from "../../past";
import { t } from "../../strings";
import { CopyButton } from "../base/copy_button";
import { hasFingers } from "../base/media";
import { Words } from "../base/words";
import { downloadFrom } from "../pad/download";
import { historyWords } from "../pad/history_words";
import type { Pad } from "../pad/pad";
import { bringBack } from "./bring_back";
import { spoken, timeOf } from "./moment";

type Views = Awaited<ReturnType<typeof loadPastView>>;

/** The component, once what draws the text and the words are there. */
export async function loadPastText() {
  const [views] = await Promise.all([loadPastView(), historyWords.load()]);
  return ({ pad }: { pad: Pad }) => {
    const past = pad.past.value;
    const shown = past?.shown.value;
    return past && shown ? <PastText pad={pad} past={past} shown={shown} views={views} /> : null;
  };
}

interface Props {
  pad: Pad;
  past: PastTexts;
  shown: Shown;
  views: Views;
}

/** The text as it was, in the place of the present one, which goes on behind it. */
function PastText(props: Props) {
  const { pad, past, shown } = props;
  const words = historyWords.now;
  const close = () => {
    past.close();
    focusSoon(pad);
  };
  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    event.preventDefault();
    close();
  };
  return (
    // The way out by the keyboard, from wherever it is in there.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section class="past" aria-label={words.view} onKeyDown={escape}>
      <Bar {...props} close={close} />
      {shown.problem !== null && (
        <div class="past-problem" role="alert">
          <p class="hint">
            <Words text={words.textProblems[shown.problem] ?? words.otherTextProblem} />
          </p>
          {shown.nearest !== null && (
            <button type="button" onClick={() => void past.showNearest()}>
              {words.nearest}
            </button>
          )}
        </div>
      )}
      <View {...props} />
    </section>
  );
}

/** Gives the present text the keyboard, as soon as it takes it; not where that would bring up one on the screen. */
function focusSoon({ editor }: Pad): void {
  if (!hasFingers) requestAnimationFrame(() => editor.peek()?.focus());
}

function Bar({ pad, past, shown, views, close }: Props & { close: () => void }) {
  const words = historyWords.now;
  const { text, sitting } = shown;
  const time = timeOf(sitting);
  const heading = useRef<HTMLHeadingElement>(null);
  // Where the list lay over the text, the keyboard is nowhere now.
  useEffect(() => {
    if (pad.panel.id.peek() !== "history") heading.current?.focus();
  }, []);
  const restore = () => {
    const editor = pad.editor.peek();
    if (text === null || !editor) return;
    bringBack(pad, text, time, () => views.undoable(editor.view));
    focusSoon(pad);
  };
  return (
    <div class="past-bar">
      <h2 ref={heading} tabIndex={-1} aria-live="polite">
        <Words text={words.textOf(time)} />
      </h2>
      <Slider past={past} shown={sitting} />
      <div class="row wrap">
        {!pad.session.isReadOnly.value && (
          <button type="button" class="primary" aria-disabled={text === null} onClick={restore}>
            {words.bringBack}
          </button>
        )}
        {text !== null && <CopyButton text={() => text} label={words.copy} />}
        {text !== null && (
          <button type="button" onClick={() => downloadFrom(pad.session, text)}>
            {words.download}
          </button>
        )}
        <button type="button" onClick={close}>
          {words.close}
        </button>
      </div>
    </div>
  );
}

/** The moments from the oldest that is known to the newest: arrow keys go from one sitting to the next. */
function Slider({ past, shown }: { past: PastTexts; shown: Sitting }) {
  const oldestFirst = past.sittings.value?.toReversed() ?? [];
  const at = Math.max(0, oldestFirst.findLastIndex(({ first }) => first <= shown.first));
  const go = (index: number) => {
    const sitting = oldestFirst[index];
    if (sitting) void past.show(sitting);
    if (index === 0) void past.more();
  };
  return (
    <input
      type="range"
      aria-label={historyWords.now.place}
      aria-valuetext={spoken(shown)}
      min={0}
      max={Math.max(0, oldestFirst.length - 1)}
      value={at}
      onInput={(event) => go(event.currentTarget.valueAsNumber)}
    />
  );
}

function View({ pad, shown, views }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<InstanceType<Views["PastView"]> | null>(null);
  useLayoutEffect(() => {
    const made = new views.PastView(place.current!, historyWords.now.view, pad.session.language.peek(), t.editor.uncoloured);
    view.current = made;
    return () => made.destroy();
  }, []);
  const { text, marks, sitting, problem } = shown;
  useLayoutEffect(() => {
    const hueOf = (author: number | null) => sitting.authors.find(({ id }) => id === author)?.hue ?? null;
    if (text !== null) view.current!.show(text, marks, hueOf);
    else if (problem !== null) view.current!.show("", [], hueOf);
  }, [text, marks, problem]);
  return <div ref={place} class="past-view" aria-busy={text === null && problem === null} hidden={problem !== null} />;
}
