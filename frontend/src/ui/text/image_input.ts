/** Images that come in where text does: what is pasted, what is dropped among other files, and what is chosen. */

import { loadChunk, serverSettings } from "../../browser";
import type { Pad } from "../pad/pad";
import { IMAGE_TYPES, isImage } from "./image_file";

/** True where there are images: the server keeps them, and one may write. */
export function canAddImages({ session }: Pad): boolean {
  return serverSettings.value.images !== undefined && !session.isReadOnly.value;
}

/** Adds images to the text, or says why not. */
export async function addImages(pad: Pad, files: readonly File[], at?: number): Promise<void> {
  await (await loadChunk("images", () => import("./images")))?.addImages(pad, files, at);
}

/** Held while the browser asks for files: nothing else does. */
let picker: HTMLInputElement | null = null;

/** Lets the user choose images on disk, or take a photo. */
export function pickImages(pad: Pad): void {
  picker = document.createElement("input");
  picker.type = "file";
  picker.accept = IMAGE_TYPES;
  picker.multiple = true;
  picker.addEventListener("change", () => void addImages(pad, Array.from(picker?.files ?? [])));
  picker.click();
}

/** Puts the images among the files that were dropped there into the text; gives the other files. */
export function takeDropped(pad: Pad, { clientX, clientY }: DragEvent, files: readonly File[]): File[] {
  const [images, others] = [files.filter(isImage), files.filter((it) => !isImage(it))];
  const at = pad.editor.peek()?.view.posAtCoords({ x: clientX, y: clientY }) ?? undefined;
  if (images.length > 0 && !pad.session.isReadOnly.peek()) void addImages(pad, images, at);
  return others;
}

/** Catches images that are pasted into the text without text beside them; the function that it returns ends that. */
export function catchPastes(pad: Pad): () => void {
  const paste = (event: ClipboardEvent) => {
    const { target, clipboardData } = event;
    const isInText = target instanceof Node && pad.editor.peek()?.view.contentDOM.contains(target);
    const images = Array.from(clipboardData?.files ?? []).filter(isImage);
    if (!isInText || images.length === 0 || pad.session.isReadOnly.peek() || hasText(clipboardData!, images)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void addImages(pad, images);
  };
  addEventListener("paste", paste, { capture: true });
  return () => removeEventListener("paste", paste, { capture: true });
}

/** A file that was copied brings its name along, as text. */
function hasText(data: DataTransfer, images: readonly File[]): boolean {
  const text = data.getData("text/plain").trim();
  return text !== "" && !images.some(({ name }) => text === name || text.endsWith(`/${name}`));
}
