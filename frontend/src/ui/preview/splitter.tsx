import { LEAST_SPLIT, settings, setSettings } from "../../browser";
import { isNarrow } from "../base/media";
import { previewWords } from "./words";

const MIDDLE = 50;
const STEP = 5;

/** Between the text and the preview: shares the room by pointer and keyboard; a double click shares it evenly again. */
export function Splitter() {
  const { split } = settings.value;
  const isBelow = isNarrow.value;
  const drag = (event: PointerEvent) => {
    const it = event.currentTarget as HTMLElement;
    if (event.type === "pointerdown") return it.setPointerCapture(event.pointerId);
    if (!it.hasPointerCapture(event.pointerId)) return;
    const { left, top, width, height } = it.parentElement!.getBoundingClientRect();
    setSplit(isBelow ? (event.clientY - top) / height : (event.clientX - left) / width);
  };
  const press = (event: KeyboardEvent) => {
    const to = { ArrowLeft: split - STEP, ArrowUp: split - STEP, ArrowRight: split + STEP, ArrowDown: split + STEP, Home: 0, End: 100 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setSplit(to / 100);
  };
  return (
    // A separator that can be moved is a control.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      class="splitter"
      role="separator"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      aria-label={previewWords.now.splitter}
      aria-orientation={isBelow ? "horizontal" : "vertical"}
      aria-valuemin={LEAST_SPLIT}
      aria-valuemax={100 - LEAST_SPLIT}
      aria-valuenow={split}
      onPointerDown={drag}
      onPointerMove={drag}
      onKeyDown={press}
      onDblClick={() => setSplit(MIDDLE / 100)}
    />
  );
}

function setSplit(part: number): void {
  const split = Math.min(Math.max(Math.round(part * 100), LEAST_SPLIT), 100 - LEAST_SPLIT);
  if (split !== settings.peek().split) setSettings({ split });
}
