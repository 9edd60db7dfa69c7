import { useLayoutEffect } from "preact/hooks";
import { rememberedFile, rememberFile } from "../../browser";
import { loadLanguages } from "../../editor";
import type { Offered, Session } from "../../session";
import { t } from "../../strings";
import { Dialog } from "../base/dialog";
import { readText } from "../pad/files";
import { catchPastes, takeDropped } from "./image_input";
import { whenNoDialog } from "../base/open_dialogs";
import type { OpenedFile, Pad } from "../pad/pad";
import { Words } from "../base/words";
import { frameWords } from "../base/frame_words";

/** Takes files that are dropped anywhere, and asks where to put one when the
 * pad has text already. */
export function FileOpener({ pad }: { pad: Pad }) {
  // Not after the next frame: a file that is dropped before that would take the page's place.
  useLayoutEffect(() => catchDrops(pad), [pad]);
  useLayoutEffect(() => catchPastes(pad), [pad]);
  const file = pad.opened.value;
  const editor = pad.editor.value;
  if (!file || !editor) return null;
  const close = () => (pad.opened.value = null);
  const use = (action: () => void) => () => {
    close();
    pad.closeMenu();
    action();
    whenNoDialog(() => editor.focus());
  };
  return (
    <Dialog label={frameWords.now.files.openHeading(file.form.name)} onClose={close}>
      <h2>
        <Words text={frameWords.now.files.openHeading(file.form.name)} />
      </h2>
      <p>{frameWords.now.files.openExplain}</p>
      <div class="actions">
        <button type="button" onClick={use(() => replaceAll(pad, file))}>
          {frameWords.now.files.replace}
        </button>
        <button type="button" onClick={use(() => editor.insertText(file.text))}>
          {frameWords.now.files.insert}
        </button>
        <button type="button" class="quiet" onClick={close}>
          {t.cancel}
        </button>
      </div>
    </Dialog>
  );
}

/** Opens the first of the files, and says what becomes of the others. */
export async function openFiles(pad: Pad, files: readonly File[]): Promise<void> {
  const [file] = files;
  if (!file || pad.session.isReadOnly.value) return;
  const limit = pad.session.welcome.value?.limits.document_bytes ?? Infinity;
  const read = await readText(file, limit);
  if ("problem" in read) return refuse(pad, frameWords.now.files.problem[read.problem]!(file.name, t.bytes(limit)));
  if (read.text === "") return refuse(pad, frameWords.now.files.empty(file.name));
  if (files.length > 1) refuse(pad, frameWords.now.files.onlyOne(file.name));
  if (pad.session.localText() === "") replace(pad, read, "when_touched");
  else pad.opened.value = read;
}

/** Held while the browser asks for a file: nothing else does. */
let picker: HTMLInputElement | null = null;

/** Lets the user choose a file on disk, and opens it. */
export function pickFile(pad: Pad): void {
  picker = document.createElement("input");
  picker.type = "file";
  picker.addEventListener("change", () => void openFiles(pad, Array.from(picker?.files ?? [])));
  picker.click();
}

/** Catches files that are dropped on the page, whose place they would otherwise take;
 * the function that it returns ends that. */
function catchDrops(pad: Pad): () => void {
  const over = (event: DragEvent) => event.dataTransfer?.types.includes("Files") && event.preventDefault();
  const drop = (event: DragEvent) => {
    const { items, files } = event.dataTransfer ?? {};
    if (!items || !files || files.length === 0) return;
    event.preventDefault();
    const folder = Array.from(items, (item) => item.webkitGetAsEntry()).find((entry) => entry?.isDirectory);
    if (folder) refuse(pad, frameWords.now.files.folder(folder.name));
    else void openFiles(pad, takeDropped(pad, event, Array.from(files)));
  };
  addEventListener("dragover", over);
  addEventListener("drop", drop);
  return () => {
    removeEventListener("dragover", over);
    removeEventListener("drop", drop);
  };
}

/** Replaces the text, and says how to have the old one back. */
function replaceAll(pad: Pad, file: OpenedFile): void {
  replace(pad, file, "when_made");
  const run = () => void pad.editor.peek()?.perform("undo");
  const withdraw = pad.notify(frameWords.now.files.replaced(file.form.name), { about: "file", action: { label: t.text.undo, run } });
  // What is typed next is what an undo would take back then.
  addEventListener("beforeinput", withdraw, { once: true, capture: true });
}

/** Replaces the text. Where others did so at the same time and it did not become that of the file, it is
 * asked again. */
function replace(pad: Pad, file: OpenedFile, ends: Offered["ends"]): void {
  const { text, form } = file;
  const before = rememberedFile(pad.session.padId);
  const onDropped = () => {
    if (pad.session.localText() === text) return;
    rememberFile(pad.session.padId, before);
    pad.opened.value = file;
    pad.notify(frameWords.now.files.taken(form.name), { about: "file" });
  };
  pad.editor.value?.replaceText(text, { ends, onDropped }, form);
  void setLanguageOf(form.name, pad.session);
}

/** Gives the pad the language of a file of that name, where the name tells. */
async function setLanguageOf(name: string, session: Session): Promise<void> {
  const language = (await loadLanguages())?.languageOfFile(name) ?? null;
  if (language !== null && language !== session.language.value) session.setLanguage(language);
}

/** Says why something was not opened, until it is dismissed: what people did not get
 * must not vanish before they have read of it. */
function refuse(pad: Pad, why: string): void {
  pad.notify(why, { stay: "until_dismissed", about: "file" });
}
