import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { languageOfFile } from "../editor";
import { t } from "../strings";
import { CopyButton } from "./copy_button";
import { Dialog } from "./dialog";
import { download } from "./download";
import { readText } from "./files";
import { whenUncovered } from "./layers";
import type { Pad } from "./pad";

interface Opened {
  name: string;
  text: string;
}

/** The text as a whole: from disk, to disk, to the clipboard. */
export function TextSection({ pad }: { pad: Pad }) {
  const { session } = pad;
  const picker = useRef<HTMLInputElement>(null);
  return (
    <section aria-labelledby="text-heading">
      <h2 id="text-heading">{t.text.heading}</h2>
      <div class="row wrap">
        <button type="button" disabled={session.isReadOnly.value} onClick={() => picker.current?.click()}>
          {t.text.open}
        </button>
        <button type="button" onClick={() => download(pad)}>
          {t.text.download}
        </button>
        <CopyButton text={() => session.localText()} label={t.text.copyAll} />
      </div>
      <div class="pairs">
        {ACTIONS.map((action) => (
          <button key={action} type="button" onClick={() => perform(pad, action)}>
            {t.text[action]}
          </button>
        ))}
      </div>
      <input
        ref={picker}
        type="file"
        class="visually-hidden"
        aria-label={t.text.open}
        tabIndex={-1}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) pad.editor.value?.openFile(file);
        }}
      />
    </section>
  );
}

/** What the keyboard has keys for and a phone has not. */
const ACTIONS = ["find", "goToLine", "undo", "redo"] as const;

/** The drawer would lie over what these show: it goes first. */
function perform(pad: Pad, action: (typeof ACTIONS)[number]): void {
  pad.closeMenu();
  whenUncovered(() => void pad.editor.value?.perform(action));
}

/** Takes files from the picker and from drag and drop. */
export function FileOpener({ pad }: { pad: Pad }) {
  const opened = useSignal<Opened | null>(null);
  const editor = pad.editor.value;
  useEffect(() => {
    if (editor) editor.onFile = (file) => void take(pad, file, (ready) => (opened.value = ready));
  }, [editor]);
  useEffect(() => catchDrops((file) => editor?.openFile(file)), [editor]);
  if (!opened.value || !editor) return null;
  const file = opened.value;
  const close = () => (opened.value = null);
  const use = (action: () => void) => () => {
    close();
    pad.closeMenu();
    action();
    whenUncovered(() => editor.focus());
  };
  return (
    <Dialog label={t.text.openHeading(file.name)} onClose={close}>
      <h2>{t.text.openHeading(file.name)}</h2>
      <p>{t.text.openExplain}</p>
      <div class="actions">
        <button type="button" onClick={use(() => replace(pad, file))}>
          {t.text.replace}
        </button>
        <button type="button" onClick={use(() => editor.insertText(file.text))}>
          {t.text.insert}
        </button>
        <button type="button" class="quiet" onClick={close}>
          {t.cancel}
        </button>
      </div>
    </Dialog>
  );
}

/** A file dropped beside the text would otherwise replace the page. */
function catchDrops(open: (file: File) => void): () => void {
  const over = (event: DragEvent) => event.dataTransfer?.types.includes("Files") && event.preventDefault();
  const drop = (event: DragEvent) => {
    const file = event.dataTransfer?.files[0];
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    open(file);
  };
  addEventListener("dragover", over);
  addEventListener("drop", drop);
  return () => {
    removeEventListener("dragover", over);
    removeEventListener("drop", drop);
  };
}

async function take(pad: Pad, file: File, ask: (opened: Opened) => void): Promise<void> {
  const limit = pad.session.welcome.value?.limits.document_bytes ?? Infinity;
  const read = await readText(file, limit);
  if ("problem" in read) {
    return pad.notify(t.text.problem[read.problem]!(file.name, t.bytes(limit)), "until_dismissed");
  }
  const opened = { name: file.name, text: read.text };
  if (pad.session.localText() === "") replace(pad, opened);
  else ask(opened);
}

function replace(pad: Pad, { name, text }: Opened): void {
  pad.editor.value?.replaceText(text);
  const language = languageOfFile(name);
  if (language !== null && language !== pad.session.language.value) pad.session.setLanguage(language);
}
