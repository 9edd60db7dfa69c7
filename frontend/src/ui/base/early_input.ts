/**
 * What is pressed, dropped or pasted before the code has come that hears it. On a slow line that is seconds after the text is
 * there, and the browser would take a file that is dropped for a page to go to, and Ctrl+F for a search of its own. It is kept,
 * and done when the code is there: the last key, unless something else was done meanwhile, and the last files.
 */

import { isMac } from "./keys";

/** Nobody waits longer for what a key does. */
const LONGEST_MS = 10_000;
const AGAIN_MS = 100;

/** The keys of the page, and of the code that comes behind the editor: with Ctrl or Cmd (m), Alt (a) and Shift (s). */
const KEYS = /^(?:-f[136]|m-[bdfghiks]|ms-[gh]|ma-[fm]|a-(?:g|page(?:up|down)))$/;

let listening: AbortController | null = null;
let files: (() => void) | null = null;
let key: { event: KeyboardEvent; untilMs: number } | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
/** True while a key is pressed again. */
let isAgain = false;

/** Keeps it from now on. */
export function keepEarlyInput(): void {
  listening = new AbortController();
  const { signal } = listening;
  for (const type of ["keydown", "pointerdown"]) addEventListener(type, () => isAgain || (key = null), { signal, capture: true });
  addEventListener("keydown", keep, { signal });
  for (const type of ["dragover", "drop", "paste"]) addEventListener(type, take as (event: Event) => void, { signal, capture: true });
}

/** The code is there, or could not be loaded: does what was kept, and leaves all that follows to it. */
export function earlyInputIsOver(): void {
  listening?.abort();
  files?.();
  files = null;
}

function keep(event: KeyboardEvent): void {
  if (isAgain || event.defaultPrevented || !KEYS.test(nameOf(event))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  key = { event, untilMs: performance.now() + LONGEST_MS };
  clearTimeout(timer);
  timer = setTimeout(press);
}

/** "" for what types a letter, or moves the caret on a Mac. */
function nameOf(event: KeyboardEvent): string {
  const { ctrlKey, metaKey, altKey, shiftKey, key: name, code } = event;
  if (event.getModifierState("AltGraph") || (isMac && (ctrlKey || (altKey && !metaKey)))) return "";
  // Where the layout has no Latin letters the place of the key counts.
  const letter = /^[ -~]/.test(name) ? name : code.replace("Key", "");
  return `${ctrlKey || metaKey ? "m" : ""}${altKey ? "a" : ""}${shiftKey ? "s" : ""}-${letter.toLowerCase()}`;
}

/** Presses the key again until somebody hears it. */
function press(): void {
  if (!key || performance.now() > key.untilMs) return;
  isAgain = true;
  const isHeard = !document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", key.event));
  isAgain = false;
  if (isHeard) key = null;
  else timer = setTimeout(press, AGAIN_MS);
}

/** Takes files, and what is pasted that is no text. */
function take(event: DragEvent | ClipboardEvent): void {
  const isPaste = event instanceof ClipboardEvent;
  const data = isPaste ? event.clipboardData : event.dataTransfer;
  if (!data?.types.includes("Files") || (isPaste && data.getData("text/plain") !== "")) return;
  event.preventDefault();
  if (event.type === "dragover") return;
  event.stopImmediatePropagation();
  const copy = new DataTransfer();
  for (const file of data.files) copy.items.add(file);
  const { target } = event;
  const init = { bubbles: true, cancelable: true, clipboardData: copy, dataTransfer: copy };
  const again = isPaste ? new ClipboardEvent("paste", init) : new DragEvent("drop", { ...init, clientX: event.clientX, clientY: event.clientY });
  files = () => void target?.dispatchEvent(again);
}
