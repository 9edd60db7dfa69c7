import { useId } from "preact/hooks";
import type { PastTexts, Sitting } from "../../past";
import { historyWords } from "../pad/history_words";
import { spoken, timeOf } from "./moment";

/** More marks than these are a line. */
const MARKS_MOST = 80;

interface Props {
  past: PastTexts;
  /** What is shown, or being played. */
  shown: Sitting;
}

/** The moments from the oldest that is known to the newest: arrow keys go from one sitting to the next, with Shift from one
 * change to the next. */
export function Slider({ past, shown }: Props) {
  const id = useId();
  const words = historyWords.now;
  const oldestFirst = past.sittings.value?.toReversed() ?? [];
  const at = Math.max(0, oldestFirst.findLastIndex(({ first }) => first <= shown.first));
  const go = (index: number) => {
    const sitting = oldestFirst[index];
    if (sitting) void past.show(sitting);
    if (index === 0) void past.more();
  };
  const step = (event: KeyboardEvent) => {
    const by = STEPS[event.key];
    if (by === undefined || !event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    void past.step(by);
  };
  return (
    <>
      <input
        type="range"
        aria-label={words.place}
        aria-valuetext={spoken(shown)}
        title={words.placeHint}
        list={id}
        min={0}
        max={Math.max(0, oldestFirst.length - 1)}
        value={at}
        onInput={(event) => go(event.currentTarget.valueAsNumber)}
        onKeyDown={step}
      />
      <datalist id={id}>
        {oldestFirst.length <= MARKS_MOST &&
          oldestFirst.map((sitting, i) => (
            <option key={sitting.first} value={i} label={timeOf(sitting)}>
              {timeOf(sitting)}
            </option>
          ))}
      </datalist>
    </>
  );
}

const STEPS: Record<string, -1 | 1> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
