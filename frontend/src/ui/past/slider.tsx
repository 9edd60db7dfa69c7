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

/** The moments from the oldest that is known to the newest, each sitting with its end at a whole number: arrow keys go from one
 * end to the next, with Shift from one change to the next, and what is played moves between them. */
export function Slider({ past, shown }: Props) {
  const id = useId();
  const words = historyWords.now;
  const oldestFirst = past.sittings.value?.toReversed() ?? [];
  const at = placeOf(shown, oldestFirst);
  const go = (index: number) => {
    const sitting = oldestFirst[index];
    if (sitting) void past.show(sitting);
    if (index <= 0) void past.more();
  };
  const step = (event: KeyboardEvent) => {
    const by = STEPS[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (event.shiftKey) void past.step(by);
    else go(by > 0 ? Math.floor(at) + 1 : Math.ceil(at) - 1);
  };
  return (
    <>
      <input
        type="range"
        aria-label={words.place}
        aria-valuetext={spoken(shown)}
        title={words.placeHint}
        list={id}
        min={-1}
        max={Math.max(0, oldestFirst.length - 1)}
        step="any"
        value={at}
        onInput={({ currentTarget }) => go((currentTarget.valueAsNumber = Math.max(0, Math.round(currentTarget.valueAsNumber))))}
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

/** Where that moment is: -1 is the beginning of the oldest sitting. */
function placeOf({ first, end }: Sitting, oldestFirst: readonly Sitting[]): number {
  const index = Math.max(0, oldestFirst.findLastIndex((sitting) => sitting.first <= first));
  const sitting = oldestFirst[index];
  if (!sitting || end >= sitting.end) return index;
  return index - 1 + Math.max(0, (end - sitting.first) / (sitting.end - sitting.first));
}

const STEPS: Record<string, -1 | 1> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
