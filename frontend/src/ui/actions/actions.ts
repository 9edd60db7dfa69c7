/**
 * Everything that one can do in a pad, as a table: the menus, the palette and the overview of the keys are made from it.
 * A chunk of its own, with words of its own.
 *
 *     const actions = await loadChunk("actions", async () => (await import("./actions")).loadActions());
 */

import { FONT_SIZES, type PanelId, settings, setSettings } from "../../browser";
import type { EditorCommand } from "../../editor";
import { linkOf } from "../../session";
import { type ActionId, type ActionText, t } from "../../strings";
import { copyText } from "../base/copy";
import { authorshipIn } from "../pad/authorship_in";
import { download } from "../pad/download";
import { COMMENT_KEYS, NEXT_KEYS, PREVIOUS_KEYS, withComments } from "../comments/comments_by_key";
import { mayComment, openComments, seesComments } from "../pad/open_comments";
import { pickFile } from "../text/file_opener";
import { canAddImages, pickImages } from "../text/image_input";
import { fileName } from "../pad/files";
import { shownKeys } from "../base/keys";
import { hasOutline } from "../pad/has_outline";
import { isMarkdown } from "../pad/markdown";
import { modeOf, setMode } from "../pad/mode";
import { isNarrow } from "../base/media";
import { whenNoDialog } from "../base/open_dialogs";
import type { DialogId, Pad } from "../pad/pad";
import { titleOf } from "../pad/title";

/** The groups, in the order in which they are shown. */
export const GROUPS = ["file", "edit", "view", "go", "settings"] as const;
export type Group = (typeof GROUPS)[number];

/** One of the things that can be done. What it says of a pad changes with the pad's signals. */
export interface Action {
  readonly id: ActionId;
  readonly group: Group;
  /** What it is called. */
  words(): string;
  /** Other words by which it is found. */
  readonly also: string;
  /** The keys that do it too, as this keyboard has them; not there: none do. */
  readonly keys?: string;
  /** False: it makes no sense in that pad, now. Not there: it always does. */
  isOffered?(pad: Pad): boolean;
  /** Of what is switched on and off, or chosen: whether it is. Not there: it is done once. */
  isOn?(pad: Pad): boolean;
  run(pad: Pad): void | Promise<void>;
}

type Row = Omit<Action, "words" | "keys" | "also"> & {
  /** As CodeMirror writes them; the second one is a Mac's, where that is another. */
  keys?: string | readonly [string, string];
};

const ROWS: readonly Row[] = [
  { id: "new", group: "file", run: () => location.assign(new URL("./", document.baseURI)) },
  { id: "recent", group: "file", run: showing("recent") },
  { id: "open", group: "file", isOffered: isWritable, run: pickFile },
  { id: "image", group: "file", isOffered: canAddImages, run: pickImages },
  { id: "download", group: "file", keys: "Mod-s", run: download },
  { id: "downloadHtml", group: "file", isOffered: hasPreview, run: saveHtml },
  { id: "print", group: "file", keys: "Mod-p", run: () => print() },
  { id: "share", group: "file", run: showing("share") },
  { id: "owner", group: "file", isOffered: canManage, run: showing("owner") },
  { id: "copyLink", group: "file", run: (pad) => copy(pad, pad.session.shareLink()) },
  { id: "copy", group: "file", run: (pad) => copy(pad, pad.session.localText()) },
  { id: "copyFormatted", group: "file", isOffered: hasPreview, run: copyAsItReads },
  { id: "undo", group: "edit", keys: "Mod-z", isOffered: isWritable, run: performing("undo") },
  { id: "redo", group: "edit", keys: ["Mod-y", "Mod-Shift-z"], isOffered: isWritable, run: performing("redo") },
  { id: "find", group: "edit", keys: "Mod-f", run: performing("find") },
  { id: "replace", group: "edit", keys: ["Ctrl-h", "Mod-Alt-f"], isOffered: isWritable, run: performing("replace") },
  { id: "selectNext", group: "edit", keys: "Mod-d", run: performing("selectNext") },
  { id: "comment", group: "edit", keys: "Mod-/", isOffered: isWritable, run: performing("comment") },
  { id: "indentLess", group: "edit", keys: "Mod-[", isOffered: isWritable, run: performing("indentLess") },
  { id: "indentMore", group: "edit", keys: "Mod-]", isOffered: isWritable, run: performing("indentMore") },
  { id: "complete", group: "edit", keys: "Ctrl-Space", isOffered: isWritable, run: performing("complete") },
  { id: "addComment", group: "edit", keys: COMMENT_KEYS, isOffered: ({ session }) => mayComment(session), run: commenting((it) => it.begin()) },
  { id: "bold", group: "edit", keys: "Mod-b", isOffered: isWritableMarkdown, run: performing("bold") },
  { id: "italic", group: "edit", keys: "Mod-i", isOffered: isWritableMarkdown, run: performing("italic") },
  { id: "heading", group: "edit", isOffered: isWritableMarkdown, run: performing("heading") },
  { id: "bullet", group: "edit", isOffered: isWritableMarkdown, run: performing("bullet") },
  { id: "task", group: "edit", isOffered: isWritableMarkdown, run: performing("task") },
  { id: "link", group: "edit", keys: "Mod-k", isOffered: isWritableMarkdown, run: performing("link") },
  { id: "preview", group: "view", isOffered: hasPreview, isOn: showsPreview, run: flipPreview },
  { id: "outline", group: "view", isOffered: ({ session }) => hasOutline(session), ...panel("outline") },
  { id: "people", group: "view", ...panel("people") },
  { id: "history", group: "view", keys: "Mod-Shift-h", ...panel("history") },
  { id: "whoWrote", group: "view", isOn: (pad) => authorshipIn(pad).value !== null, run: flipAuthors },
  { id: "comments", group: "view", isOffered: ({ session }) => seesComments(session), ...panel("comments") },
  { id: "wrap", group: "view", isOn: () => settings.value.wrap, run: () => flip("wrap") },
  { id: "larger", group: "view", isOffered: () => sizeBeside(1) !== null, run: () => resize(1) },
  { id: "smaller", group: "view", isOffered: () => sizeBeside(-1) !== null, run: () => resize(-1) },
  { id: "fold", group: "view", keys: ["Ctrl-Shift-[", "Mod-Alt-["], run: performing("fold") },
  { id: "unfold", group: "view", keys: ["Ctrl-Shift-]", "Mod-Alt-]"], run: performing("unfold") },
  { id: "foldAll", group: "view", keys: "Ctrl-Alt-[", run: performing("foldAll") },
  { id: "unfoldAll", group: "view", keys: "Ctrl-Alt-]", run: performing("unfoldAll") },
  { id: "palette", group: "go", keys: "Mod-k", run: showing("palette") },
  { id: "goToLine", group: "go", keys: ["Alt-g", "Mod-Alt-g"], run: performing("goToLine") },
  { id: "nextComment", group: "go", keys: NEXT_KEYS, isOffered: hasComments, run: commenting((it) => it.step(1)) },
  { id: "previousComment", group: "go", keys: PREVIOUS_KEYS, isOffered: hasComments, run: commenting((it) => it.step(-1)) },
  { id: "themeSystem", group: "settings", ...appearance("system") },
  { id: "themeLight", group: "settings", ...appearance("light") },
  { id: "themeDark", group: "settings", ...appearance("dark") },
  { id: "vim", group: "settings", isOn: () => settings.value.vim, run: () => flip("vim") },
  { id: "tellOfJoins", group: "settings", isOffered: canTell, isOn: () => settings.value.tellOfJoins, run: tellOfJoins },
  { id: "keepTexts", group: "settings", isOn: () => settings.value.keepTexts, run: () => flip("keepTexts") },
  { id: "settings", group: "settings", ...panel("settings") },
  { id: "about", group: "settings", run: showing("about") },
];

/** The table with the words in the reader's language; rejects when these cannot be loaded. */
export async function loadActions(): Promise<readonly Action[]> {
  return actionsIn(await t.actions());
}

/** The table with those words. */
export function actionsIn(text: ActionText): readonly Action[] {
  return ROWS.map(({ keys, ...row }) => ({
    ...row,
    words: () => text.names[row.id],
    also: text.also[row.id] ?? "",
    ...(keys && { keys: shownKeys(keys, text.keyNames) }),
  }));
}

/** Those that make sense in that pad, now. */
export function offeredActions(actions: readonly Action[], pad: Pad): readonly Action[] {
  return actions.filter(({ isOffered }) => isOffered?.(pad) ?? true);
}

/* ---- where they make sense ---- */

function isWritable({ session }: Pad): boolean {
  return !session.isReadOnly.value;
}

function canManage({ session }: Pad): boolean {
  return !session.access.isReader.value && session.end.value === null && linkOf(session.padId) === null;
}

function hasPreview({ session }: Pad): boolean {
  return isMarkdown(session);
}

function isWritableMarkdown(pad: Pad): boolean {
  return isWritable(pad) && hasPreview(pad);
}

function hasComments({ session }: Pad): boolean {
  return seesComments(session) && openComments(session).value > 0;
}

/** On plain HTTP, and in some browsers, there are no notices of the system. */
function canTell(): boolean {
  return "Notification" in globalThis;
}

/* ---- what they do ---- */

/** The browser asks whether it may, but only whoever wants it. */
async function tellOfJoins({ notify }: Pad): Promise<void> {
  const isWanted = !settings.peek().tellOfJoins;
  const mayTell = !isWanted || (await Notification.requestPermission()) === "granted";
  if (mayTell) setSettings({ tellOfJoins: isWanted });
  else notify((await t.actions()).mayNotTell);
}

/** Has the editor do it. A dialog would lie over what it shows, and have the keyboard. */
function performing(command: EditorCommand): Row["run"] {
  return (pad) => {
    pad.closeMenu();
    whenNoDialog(() => void pad.editor.peek()?.perform(command));
  };
}

/** The same with the comments of the pad. */
function commenting(act: Parameters<typeof withComments>[1]): Row["run"] {
  return (pad) => {
    pad.closeMenu();
    whenNoDialog(() => void withComments(pad, act));
  };
}

function showing(dialog: DialogId): Row["run"] {
  return (pad) => void (pad.dialog.value = dialog);
}

function panel(id: PanelId): Pick<Row, "isOn" | "run"> {
  return { isOn: (pad) => pad.panel.id.value === id, run: (pad) => whenNoDialog(() => pad.panel.toggle(id)) };
}

async function copy({ notify }: Pad, text: string): Promise<void> {
  notify((await copyText(text)) ? t.copied : t.copyFailed);
}

/** Longer texts have no preview either. */
const LONGEST_UNITS = 1 << 20;

/** The text as it reads; null, and that is said: it is too long. */
async function rendered({ session, notify }: Pad): Promise<HTMLElement | null> {
  const text = session.localText();
  if (text.length <= LONGEST_UNITS) return (await import("../preview/rendered")).rendered(text);
  notify(t.preview.tooLong);
  return null;
}

async function saveHtml(pad: Pad): Promise<void> {
  const [shown, { downloadHtml }] = await Promise.all([rendered(pad), import("../preview/preview_out")]);
  const title = titleOf(pad.session.localText(), pad.session.padId);
  if (shown) await downloadHtml(shown, title, fileName(title, "html"));
}

async function copyAsItReads(pad: Pad): Promise<void> {
  const [shown, { copyFormatted }] = await Promise.all([rendered(pad), import("../preview/preview_out")]);
  if (shown) pad.notify((await copyFormatted(shown, pad.session.localText())) ? t.copied : t.copyFailed);
}

function showsPreview({ session }: Pad): boolean {
  return modeOf(session) !== "edit";
}

/** On small screens there is room for one of the two. */
function flipPreview(pad: Pad): void {
  setMode(showsPreview(pad) ? "edit" : isNarrow.peek() ? "read" : "both");
}

async function flipAuthors(pad: Pad): Promise<void> {
  const { hideAuthors, showAuthorsOf } = await import("../pad/who_wrote");
  if (authorshipIn(pad).peek()) hideAuthors(pad);
  else await showAuthorsOf(pad);
}

function flip(setting: "wrap" | "vim" | "keepTexts"): void {
  setSettings({ [setting]: !settings.peek()[setting] });
}

function sizeBeside(steps: 1 | -1): number | null {
  const sizes: readonly number[] = FONT_SIZES;
  return sizes[sizes.indexOf(settings.value.fontSize) + steps] ?? null;
}

function resize(steps: 1 | -1): void {
  const fontSize = sizeBeside(steps);
  if (fontSize !== null) setSettings({ fontSize });
}

function appearance(theme: "system" | "light" | "dark"): Pick<Row, "isOn" | "run"> {
  return { isOn: () => settings.value.theme === theme, run: () => setSettings({ theme }) };
}
