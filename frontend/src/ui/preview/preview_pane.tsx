import "../style/preview.css";
import { effect, signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { loadChunk, serverSettings } from "../../browser";
import type { Editor, TopLine } from "../../editor";
import { colour } from "../../editor/behind";
import { Preview, restAfter, SHARE_OF_TIME, slice } from "../../preview";
import { t } from "../../strings";
import { formulas, wantsRemoteImages } from "./preview_parts";
import { Leader } from "./leader";
import { Pressed } from "./pressed";
import { modeOf, showText } from "../pad/mode";
import type { Pad } from "../pad/pad";
import { titleOf } from "../pad/title";
import { Words } from "../base/words";
import { previewWords } from "./words";

/** Longer texts have no preview: it would hold up the typing. */
const LONGEST_UNITS = 1 << 20;
const LEAST_WAIT_MS = 120;
/** Who has just typed goes on. */
const TYPING_MS = 500;

export { Splitter } from "./splitter";

/** A Markdown pad as it reads, beside its text. */
export function PreviewPane({ pad }: { pad: Pad }) {
  const ref = useRef<HTMLDivElement>(null);
  const held = useMemo(() => signal(0), []);
  const problem = useMemo(() => signal<string | null>(null), []);
  const editor = pad.editor.value;
  const title = titleOf(editor?.firstLines.value ?? "", pad.session.padId);
  useEffect(() => {
    if (!editor) return;
    return follow(pad, editor, ref.current!, {
      shown: (images) => ((held.value = images), (problem.value = null)),
      failed: (why) => (problem.value = why),
    });
  }, [editor]);
  return (
    <section class="preview" aria-labelledby="preview-heading">
      <h2 id="preview-heading" class="visually-hidden">
        {previewWords.now.heading}
      </h2>
      <p class="print-head">
        {title} · {new Date().toLocaleDateString(document.documentElement.lang, { dateStyle: "long" })}
      </p>
      {held.value > 0 && <HeldImages count={held.value} shown={() => ref.current?.focus()} />}
      {problem.value !== null && (
        <p class="hint">
          <Words text={problem.value} />
        </p>
      )}
      {/* It scrolls, so the keyboard must reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={ref} class="preview-text" tabIndex={0} role="document" aria-labelledby="preview-heading" />
    </section>
  );
}

/** Says what is not shown, and shows it where the server lets the reader choose. */
function HeldImages({ count, shown }: { count: number; shown: () => void }) {
  const canShow = serverSettings.value.remote_images === "ask" && !wantsRemoteImages.value;
  const show = () => {
    wantsRemoteImages.value = true;
    shown();
  };
  return (
    <div class="held">
      <p class="hint">
        <Words text={previewWords.now.held(count)} />
      </p>
      {canShow && (
        <button type="button" title={previewWords.now.showImagesHint} onClick={show}>
          {previewWords.now.showImages}
        </button>
      )}
    </div>
  );
}

/** Told of each attempt to show the text. */
interface Outcome {
  shown(heldImages: number): void;
  failed(why: string): void;
}

/** Keeps `parent` as the editor's text is, until the function that it returns is called. */
function follow({ session, notify }: Pad, editor: Editor, parent: HTMLElement, outcome: Outcome): () => void {
  /** null until its code is there: until then a box cannot be pressed, since nothing would come of it. */
  const tick = signal<{ task: Awaited<ReturnType<Editor["loadTicks"]>> } | null>(null);
  void loadChunk("tasks", () => editor.loadTicks()).then((task) => (tick.value = task && { task }));
  const preview = new Preview(parent, previewWords.now.words, { colour, formula: formulas.show }, {
    onTick: (line, isDone) => {
      const now = preview.lineIn(editor.text(), line);
      const ticked = now === null ? null : tick.peek()?.task(now, isDone);
      if (ticked === "waits") notify(previewWords.now.tickWaits);
      return ticked === "done";
    },
    onClick: (line, isTwice) => {
      const now = preview.lineIn(editor.text(), line);
      // While the text is only read, a click is one of a reader.
      if (now === null || (modeOf(session) === "read") !== isTwice) return;
      void Promise.resolve(showText(session)).then(() => editor.goToLine(now));
    },
  });
  const leader = new Leader(parent);
  const pressed = new Pressed(parent);
  const goTo = ({ line, end }: TopLine) => {
    if (!leader.isPreview) preview.scrollToLine(line, end);
  };
  const lead = () => {
    if (leader.isPreview) editor.scrollToLine(parent.scrollTop <= 0 ? 0 : preview.lineAt(parent.scrollTop));
  };
  parent.addEventListener("scroll", lead);
  /** Set while the text is to be shown, or is being shown. */
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** True while what is shown, or being shown, is not the newest. */
  let isStale = false;
  let wait = 0;
  /** When the text changed last while an older one was to be shown, or being shown: somebody writes. */
  let changedAtMs = -Infinity;
  /** When the text that is being shown began to be. */
  let beganMs = 0;
  /** Goes to where the editor is, when the lines of both are the same. */
  const goAlong = () => {
    if (!isStale) editor.measureTopLine(goTo);
  };
  const plan = () => {
    isStale = true;
    timer ??= setTimeout(() => pressed.whenFree(show), wait);
  };
  const show = () => {
    isStale = false;
    timer = undefined;
    const text = editor.text();
    if (text.length > LONGEST_UNITS) return outcome.failed(t.preview.tooLong);
    beganMs = performance.now();
    goOn(preview.showing(text, wantsRemoteImages.peek()), 0, 0);
  };
  /** Shows what can be shown within a slice of time, and the rest afterwards; the browser took so long to show the last one. */
  const goOn = (showing: Generator<number, number>, spentMs: number, shownMs: number) => {
    const startMs = performance.now();
    const step = slice(showing);
    const doneMs = performance.now();
    const spent = spentMs + doneMs - startMs;
    timer = undefined;
    const restMs = restAfter(doneMs - startMs, shownMs, doneMs - changedAtMs < TYPING_MS);
    const next = () => pressed.whenFree(() => goOn(showing, spent, Math.max(0, performance.now() - doneMs - restMs)));
    if (!step.done) timer = setTimeout(next, restMs);
    else {
      outcome.shown(step.value);
      goAlong();
      wait = Math.max(LEAST_WAIT_MS, beganMs + spent / SHARE_OF_TIME - doneMs);
      if (isStale) plan();
    }
  };
  const stopShowing = effect(() => {
    void [editor.changes.value, wantsRemoteImages.value];
    if (timer !== undefined) changedAtMs = performance.now(); // one change alone is shown soon
    plan();
  });
  const stopTicking = effect(() => void (preview.isReadOnly = session.isReadOnly.value || tick.value === null));
  const stopScrolling = effect(() => goTo(editor.topLine.value));
  const stopGoingAlong = effect(() => {
    void editor.layouts.value;
    goAlong();
  });
  return () => {
    stopShowing();
    stopTicking();
    stopGoingAlong();
    stopScrolling();
    clearTimeout(timer);
    parent.removeEventListener("scroll", lead);
    leader.stop();
    pressed.stop();
    parent.replaceChildren();
  };
}
