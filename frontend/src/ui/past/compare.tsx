import { effect, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { loadChunk } from "../../browser";
import type { loadPastView } from "../../editor";
import { marksBetween } from "../../past";
import { changesBetween } from "../../session";
import { t } from "../../strings";
import { isNarrow } from "../base/media";
import { Words } from "../base/words";
import { historyWords } from "../pad/history_words";
import type { Pad } from "../pad/pad";

type Views = Awaited<ReturnType<typeof loadPastView>>;
type Beside = ReturnType<Awaited<ReturnType<Views["loadCompareView"]>>>;

interface Props {
  pad: Pad;
  /** The text of before, and what it is called. */
  text: string;
  label: string;
  views: Views;
}

/** Of both together; more would take too long to compare each time that somebody types. */
const COMPARED_UNITS_MOST = 4 << 20;
/** While people type on, the present text is shown anew so often at most. */
const RENEWED_EVERY_MS = 500;

/** The text of before and the present one: beside each other, or on small screens the present one with what is new in it and
 * gone from it. */
export function Compare(props: Props) {
  if (props.text.length + props.pad.session.localText().length > COMPARED_UNITS_MOST) {
    return <p class="hint past-problem">{historyWords.now.tooLarge}</p>;
  }
  return isNarrow.value ? <Inline {...props} /> : <BesideEachOther {...props} />;
}

function BesideEachOther({ pad, text, label, views }: Props) {
  const words = historyWords.now;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<Beside | null>(null);
  const count = useSignal<number | null>(null);
  useEffect(() => {
    let isThere = true;
    let stop = () => {};
    void loadChunk("compare", () => views.loadCompareView()).then((beside) => {
      if (!beside || !isThere) return;
      const now = { text: pad.session.localText(), label: words.nowText };
      const made = beside(place.current!, { text, label }, now, pad.session.language.peek(), t.editor.uncoloured);
      view.current = made;
      count.value = made.differences;
      stop = keepUp(pad, () => {
        made.change(changesBetween(made.now.state.doc.toString(), pad.session.localText()));
        count.value = made.differences;
      });
    });
    return () => {
      isThere = false;
      stop();
      view.current?.destroy();
      view.current = null;
    };
  }, [pad, text]);
  const hasAny = (count.value ?? 0) > 0;
  return (
    <div class="compared">
      <div class="compared-head">
        <h3>
          <Words text={label} />
        </h3>
        <h3>{words.nowText}</h3>
        <span class="hint" role="status">
          {count.value !== null && <Words text={words.differences(count.value)} />}
        </span>
        {hasAny && (
          <div class="row">
            <button type="button" class="quiet" onClick={() => view.current?.go(-1)}>
              {words.previousDifference}
            </button>
            <button type="button" class="quiet" onClick={() => view.current?.go(1)}>
              {words.nextDifference}
            </button>
          </div>
        )}
      </div>
      <div ref={place} class="compared-texts" aria-busy={count.value === null} />
    </div>
  );
}

function Inline({ pad, text, label, views }: Props) {
  const words = historyWords.now;
  const place = useRef<HTMLDivElement>(null);
  const count = useSignal(0);
  useLayoutEffect(() => {
    const view = new views.PastView(place.current!, words.nowText, pad.session.language.peek(), t.editor.uncoloured);
    const show = (how: "renew" | "show") => {
      const now = pad.session.localText();
      const marks = marksBetween(text, now, null);
      count.value = marks.length;
      view[how](now, marks, () => null);
    };
    show("renew");
    // The first difference is brought into view once there is a place for it.
    const frame = requestAnimationFrame(() => show("show"));
    const stop = keepUp(pad, () => show("renew"));
    return () => {
      cancelAnimationFrame(frame);
      stop();
      view.destroy();
    };
  }, [pad, text]);
  return (
    <div class="compared inline">
      <p class="hint compared-head" role="status">
        <Words text={`${label} → ${words.nowText}: ${words.differences(count.value)}`} />
      </p>
      <div ref={place} class="past-view" />
    </div>
  );
}

/** Calls `renew` a moment after the present text has changed; the function that it returns ends that. */
function keepUp({ editor }: Pad, renew: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isFirst = true;
  const stop = effect(() => {
    void editor.value?.changes.value;
    if (!isFirst) {
      timer ??= setTimeout(() => {
        timer = undefined;
        renew();
      }, RENEWED_EVERY_MS);
    }
    isFirst = false;
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
