import "../style/history.css";
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { loadPastView } from "../../editor";
import type { PastTexts, Shown, Sitting } from "../../past";
import { t } from "../../strings";
import { Icon } from "../base/icon";
import { isComposed } from "../base/keys";
import { hasFingers } from "../base/media";
import { Words } from "../base/words";
import { historyWords } from "../pad/history_words";
import type { Pad } from "../pad/pad";
import { Compare } from "./compare";
import { timeOf } from "./moment";
import { PlayControls } from "./play_controls";
import { Player } from "./player";
import { Since } from "./since";
import { Slider } from "./slider";
import { TextActions } from "./text_actions";

type Views = Awaited<ReturnType<typeof loadPastView>>;
type View = InstanceType<Views["PastView"]>;

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

/** What its parts share. */
interface PartProps extends Props {
  player: Player;
  /** The sitting that is shown; while it is played, what was typed last. */
  moment: Sitting;
  /** True while the text is compared with the present one. */
  isCompared: Signal<boolean>;
  close: () => void;
}

/** The text as it was, in the place of the present one, which goes on behind it. */
function PastText(props: Props) {
  const { pad, past, shown, views } = props;
  const words = historyWords.now;
  const view = useRef<View | null>(null);
  const isCompared = useSignal(false);
  const player = useMemo(() => playerOf(past, () => view.current!), [past]);
  useEffect(() => player.follow(), [player]);
  const close = () => {
    past.close();
    focusSoon(pad);
  };
  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || isComposed(event)) return;
    event.preventDefault();
    close();
  };
  const moment = momentOf(past, player) ?? shown.sitting;
  const part = { ...props, player, moment, isCompared, close };
  const isComparing = isCompared.value && shown.text !== null && !player.isPlaying.value;
  return (
    // The way out by the keyboard, from wherever it is in there.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section class="past" aria-label={words.view} onKeyDown={escape}>
      <Bar {...part} />
      {shown.problem !== null && <Problem past={past} shown={shown} />}
      {isComparing && <Compare pad={pad} text={shown.text!} label={words.textOf(timeOf(moment))} views={views} />}
      <div class="past-view-place" hidden={isComparing}>
        <PastTextView pad={pad} past={past} shown={shown} views={views} view={view} player={player} />
      </div>
    </section>
  );
}

function playerOf(past: PastTexts, view: () => View): Player {
  const authorOf = (id: number | null) => past.authors.peek().get(id) ?? null;
  return new Player(past, () => ({
    begin: (text) => view().show(text, [], authorOf),
    play: (played, nowMs) => view().play(played, authorOf, nowMs),
  }));
}

/** What was typed last, as a sitting; null: nothing is played. */
function momentOf(past: PastTexts, { at }: Player): Sitting | null {
  if (!at.value) return null;
  const { revision: first, end, author, time } = at.value;
  const known = past.authors.value.get(author) ?? { id: author, name: null, hue: null };
  const seconds = Math.floor(time / 1000);
  return { first, end, began_at: seconds, ended_at: seconds, authors: [known], inserted: 0, deleted: 0 };
}

function Problem({ past, shown }: Pick<Props, "past" | "shown">) {
  const words = historyWords.now;
  return (
    <div class="past-problem" role="alert">
      <p class="hint">
        <Words text={words.textProblems[shown.problem!] ?? words.otherTextProblem} />
      </p>
      {shown.nearest !== null && (
        <button type="button" onClick={() => void past.showNearest()}>
          {words.nearest}
        </button>
      )}
    </div>
  );
}

/** Gives the present text the keyboard, as soon as it takes it; not where that would bring up one on the screen. */
function focusSoon({ editor }: Pad): void {
  if (!hasFingers) requestAnimationFrame(() => editor.peek()?.focus());
}

function Bar({ pad, past, shown, views, player, moment, isCompared, close }: PartProps) {
  const words = historyWords.now;
  const heading = useRef<HTMLHeadingElement>(null);
  // Where the list lay over the text, the keyboard is nowhere now.
  useEffect(() => {
    if (pad.panel.id.peek() !== "history") heading.current?.focus();
  }, []);
  const isPlaying = player.isPlaying.value;
  return (
    <div class="past-bar">
      <h2 ref={heading} tabIndex={-1} aria-live={isPlaying ? "off" : "polite"}>
        <Words text={words.textOf(timeOf(moment, shown.isOperation || isPlaying))} />
      </h2>
      <Since pad={pad} />
      <Slider past={past} shown={moment} />
      <PlayControls pad={pad} player={player} />
      <button type="button" class="quiet icon-button past-close" aria-label={words.close} title={words.close} onClick={close}>
        <Icon name="close" />
      </button>
      {!isPlaying && (
        <div class="row wrap past-actions">
          <TextActions pad={pad} shown={shown} isCompared={isCompared} undoable={views.undoable} done={() => focusSoon(pad)} />
        </div>
      )}
    </div>
  );
}

interface ViewProps extends Props {
  view: { current: View | null };
  player: Player;
}

function PastTextView({ pad, past, shown, views, view, player }: ViewProps) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const made = new views.PastView(place.current!, historyWords.now.view, pad.session.language.peek(), t.editor.uncoloured);
    view.current = made;
    return () => made.destroy();
  }, []);
  const { text, marks, sitting, problem } = shown;
  const isPlaying = player.isPlaying.value;
  useLayoutEffect(() => {
    if (isPlaying) return; // it shows another one
    const authorOf = (author: number | null) => sitting.authors.find(({ id }) => id === author) ?? past.authors.peek().get(author) ?? null;
    if (text !== null) view.current!.show(text, marks, authorOf);
    else if (problem !== null) view.current!.show("", [], authorOf);
  }, [text, marks, problem, isPlaying]);
  return <div ref={place} class="past-view" aria-busy={text === null && problem === null} hidden={problem !== null} />;
}
