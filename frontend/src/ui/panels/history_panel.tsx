import "../style/history.css";
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { hueClass } from "../../editor";
import type { Author, PastTexts, Sitting } from "../../past";
import { linkOf } from "../../session";
import { useHeir } from "../base/heir";
import { isNarrow } from "../base/media";
import { Words } from "../base/words";
import { whenHistoryChanges } from "../pad/history_changes";
import { historyWords } from "../pad/history_words";
import type { Pad } from "../pad/pad";
import { pastOf } from "../pad/past_of";
import { Keeping } from "./history_keeping";
import { nameOf, spoken, timeOf } from "../past/moment";

/** The panel, once its words are there. */
export async function loadHistoryPanel() {
  // With what shows the texts: there is no way back to the present one without it.
  await Promise.all([historyWords.load(), import("../past/past_text").then((chunk) => chunk.loadPastText())]);
  return HistoryPanel;
}

/** While others type, the list is asked for anew so often at most. */
const RENEWED_EVERY_MS = 3_000;

/** When who typed how much, newest first; each leads to the text as it was then. */
function HistoryPanel({ pad }: { pad: Pad }) {
  const words = historyWords.now;
  useEffect(() => keepUp(pad), [pad]);
  const past = pad.past.value;
  if (!past) return null;
  const problem = problemOf(pad, past);
  const sittings = past.sittings.value;
  return (
    <div class="history">
      <div role="status">
        {problem !== null && <Hint text={words.problems[problem] ?? words.otherProblem} />}
        {problem === null && sittings === null && <Hint text={words.loading} />}
        {problem === null && sittings?.length === 0 && <Hint text={words.empty} />}
      </div>
      {problem !== null && !(problem in words.problems) && (
        <button type="button" onClick={() => void past.renew()}>
          {words.again}
        </button>
      )}
      <Keeping pad={pad} past={past} />
      {sittings && sittings.length > 0 && <List pad={pad} past={past} sittings={sittings} />}
    </div>
  );
}

/** A link that shows no history is another matter than a pad that one may not write in. */
function problemOf({ session }: Pad, { problem }: PastTexts): string | null {
  return problem.value === "view_only" && linkOf(session.padId) !== null ? "by_link" : problem.value;
}

function Hint({ text }: { text: string }) {
  return (
    <p class="hint">
      <Words text={text} />
    </p>
  );
}

interface ListProps {
  pad: Pad;
  past: PastTexts;
  sittings: readonly Sitting[];
}

function List({ pad, past, sittings }: ListProps) {
  const words = historyWords.now;
  const shown = past.shown.value?.sitting;
  const isShown = ({ first, end }: Sitting) => shown !== undefined && first <= shown.first && shown.first < Math.max(end, first + 1);
  const show = (sitting: Sitting) => {
    if (isNarrow.peek()) pad.panel.close();
    void past.show(sitting);
  };
  return (
    <>
      {shown && (
        <button type="button" class="quiet" onClick={(event) => leave(past, event.currentTarget)}>
          {words.now}
        </button>
      )}
      {/* The arrows go from one to the next, as well as Tab. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <ul class="sittings" aria-label={words.list} onKeyDown={goOn}>
        {sittings.map((sitting) => (
          <li key={sitting.first}>
            <button
              type="button"
              class="quiet"
              aria-current={isShown(sitting) ? "true" : undefined}
              onClick={() => show(sitting)}
            >
              <Row sitting={sitting} />
              <span class="visually-hidden">
                <Words text={spoken(sitting)} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {past.hasMore.value && <Older past={past} />}
    </>
  );
}

/** The button goes, and leaves the keyboard to what was shown in the list. */
function leave(past: PastTexts, button: HTMLElement): void {
  const list = button.nextElementSibling;
  (list?.querySelector<HTMLElement>("[aria-current]") ?? list?.querySelector<HTMLElement>("button"))?.focus();
  past.close();
}

function Row({ sitting }: { sitting: Sitting }) {
  const { inserted, deleted } = sitting;
  const words = historyWords.now;
  return (
    <span class="sitting" aria-hidden="true">
      <span class="sitting-head">
        <time>
          <Words text={timeOf(sitting)} />
        </time>
        {inserted > 0 && <span class="inserted"><Words text={words.inserted(inserted)} /></span>}
        {deleted > 0 && <span class="deleted"><Words text={words.deleted(deleted)} /></span>}
      </span>
      <span class="sitting-people">
        {sitting.authors.map((author) => (
          <Name key={author.id} author={author} />
        ))}
      </span>
    </span>
  );
}

function Name({ author }: { author: Author }) {
  return (
    <span class="sitting-name">
      <span class={`dot ${author.hue === null ? "" : hueClass(author.hue)}`} />
      <span class="name" translate={false}>
        <Words text={nameOf(author)} />
      </span>
    </span>
  );
}

/** Older ones come when one has scrolled to it, or pressed it. */
function Older({ past }: { past: PastTexts }) {
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver((all) => all.some(({ isIntersecting }) => isIntersecting) && void past.more());
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, [past.sittings.value]);
  // It goes with the last of them, and leaves the keyboard to the one before it.
  useHeir(ref, (button) => button.previousElementSibling?.querySelector<HTMLElement>("li:last-child button"));
  return (
    <button ref={ref} type="button" onClick={() => void past.more()}>
      {historyWords.now.older}
    </button>
  );
}

function goOn(event: KeyboardEvent): void {
  const steps = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll("button")];
  const next = all[all.indexOf((event.target as HTMLElement).closest("button")!) + steps];
  if (steps === 0 || !next) return;
  event.preventDefault();
  next.focus();
}

/** Keeps the list as the history is, while the panel is there. */
function keepUp(pad: Pad): () => void {
  const past = pastOf(pad);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const renew = () => {
    timer = undefined;
    void past.renew();
  };
  const stopConnecting = effect(() => {
    if (pad.session.link.value.kind === "up" || past.sittings.peek() === null) void past.renew();
  });
  const stopChanging = effect(() => {
    void pad.editor.value?.changes.value;
    timer ??= setTimeout(renew, RENEWED_EVERY_MS);
  });
  const stopListening = whenHistoryChanges(pad, () => void past.renew());
  return () => {
    clearTimeout(timer);
    stopConnecting();
    stopChanging();
    stopListening();
  };
}
