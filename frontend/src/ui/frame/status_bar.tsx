import { effect, type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { documentBytes, type Editor, isProse, knownLanguage, languageName } from "../../editor";
import { t } from "../../strings";
import { Words } from "../base/words";
import type { Pad } from "../pad/pad";
import { IndentationField } from "./indentation_field";
import { LanguageField } from "./language_field";
import { frameWords } from "../base/frame_words";

/** From this part of the limit on the size is worth a look. */
const NEAR_LIMIT = 0.8;
/** The numbers may lag behind the keys, not the keys behind the numbers. */
const LAG_MS = 80;

/** The line below the text: what it is, where the caret is, how long the pad is kept, how full it is. */
export function StatusBar({ pad }: { pad: Pad }) {
  const editor = pad.editor.value;
  return (
    <footer class="status-bar" aria-label={frameWords.now.statusBar}>
      {pad.session.access.isReader.value ? <ForReaders pad={pad} /> : <ForWriters pad={pad} editor={editor} />}
      <KeptUntil expiry={pad.expiry} />
      {editor && <Size pad={pad} editor={editor} />}
    </footer>
  );
}

function ForWriters({ pad, editor }: { pad: Pad; editor: Editor | null }) {
  return (
    <>
      <LanguageField pad={pad} />
      {editor && <Place editor={editor} />}
      {editor && !isProse(pad.session.language.value) && <IndentationField editor={editor} />}
    </>
  );
}

/** Readers choose no language and have no caret. */
function ForReaders({ pad }: { pad: Pad }) {
  return (
    <>
      <span class="word">{languageName(knownLanguage(pad.session.language.value)) ?? t.language.plain}</span>
      <span class="word" title={frameWords.now.readingLong}>{t.status.reading}</span>
    </>
  );
}

/** Line and column of the caret, and how much is selected. */
function Place({ editor }: { editor: Editor }) {
  const place = useSignal(editor.place());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      timer = undefined;
      place.value = editor.place();
    };
    const stop = effect(() => {
      void editor.moves.value;
      timer ??= setTimeout(look, LAG_MS);
    });
    return () => (stop(), clearTimeout(timer));
  }, [editor]);
  const { line, column, selected } = place.value;
  const words = frameWords.now;
  return (
    <span class="word" title={words.placeLong(line, column)}>
      <Words text={words.place(line, column)} />
      {selected > 0 && (
        <span class="selected">
          <Words text={words.selected(selected)} />
        </span>
      )}
    </span>
  );
}

function KeptUntil({ expiry }: { expiry: ReadonlySignal<Date | null> }) {
  const date = expiry.value;
  const long = date?.toLocaleDateString(t.locale, { dateStyle: "long" });
  const short = date?.toLocaleDateString(t.locale, { day: "numeric", month: "short" });
  return (
    <span class="kept-until" title={long && frameWords.now.keptLong(long)}>
      {short && <Words text={frameWords.now.keptUntil(short)} />}
    </span>
  );
}

/** How much of what a pad may hold it holds. */
function Size({ pad, editor }: { pad: Pad; editor: Editor }) {
  const bytes = useMemo(() => documentBytes(editor.view), [editor]).value;
  const limit = pad.session.welcome.value?.limits.document_bytes;
  if (bytes === null || !limit) return null;
  const part = bytes / limit;
  return (
    <span class={part >= NEAR_LIMIT ? "size near-limit" : "size"} title={frameWords.now.sizeLong(Math.round(part * 100))}>
      <Words text={frameWords.now.size(bytes, limit)} />
    </span>
  );
}
