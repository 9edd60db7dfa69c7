/**
 * Images that are pasted, dropped or chosen: sent to the server, and named in the text once they are there. Nothing
 * stands in the text before, so that nobody else sees what may come to nothing. A chunk of its own.
 */

import { serverSettings } from "../../browser";
import { type HeldPlace, loadHeldPlace } from "../../editor";
import { PadRequests, RightsError } from "../../sharing";
import { type ImagesText, LateWords, t } from "../../strings";
import { isMarkdown } from "../pad/markdown";
import type { Pad } from "../pad/pad";
import { imageToSend } from "./image_file";

const words = new LateWords<ImagesText>(t.images);

interface Kept {
  url: string;
}

/** Sends them one after the other, and puts each where `at` is by then; not given: at the caret. */
export async function addImages(pad: Pad, files: readonly File[], at?: number): Promise<void> {
  const editor = pad.editor.peek();
  if (!editor || pad.session.isReadOnly.peek()) return;
  const [{ holdPlace }] = await Promise.all([loadHeldPlace(), words.load()]);
  if (!serverSettings.peek().images) return void pad.notify(words.now.off, { stay: "until_dismissed", about: "image" });
  const place = holdPlace(editor.view, at);
  let between = "";
  for (const file of files) if (await add(pad, file, between, place)) between = "\n";
  place.release();
}

/** True: it is in the text. */
async function add(pad: Pad, file: File, before: string, place: HeldPlace): Promise<boolean> {
  const name = file.name || words.now.unnamed;
  const limit = limitBytes();
  try {
    const { blob, isSmaller } = await imageToSend(file, limit).catch(() => Promise.reject(new RightsError("bad_image")));
    if (blob.size > limit) throw new RightsError("message_too_large");
    const { url } = await sent(pad, blob, name);
    if (pad.session.isReadOnly.peek()) throw new RightsError("view_only");
    place.insert(before + inText(pad, url, nameOf(file)));
    if (isSmaller) pad.notify(words.now.scaled(name), { about: "image" });
    return true;
  } catch (error) {
    tell(pad, file, name, error instanceof RightsError ? error : new RightsError("internal"));
    return false;
  }
}

async function sent({ session, notify }: Pad, blob: Blob, name: string): Promise<Kept> {
  const withdraw = notify(words.now.uploading(name), { stay: "until_dismissed", about: "image" });
  try {
    return await new PadRequests(session, document.baseURI).answer<Kept>("POST", "/images", blob);
  } finally {
    withdraw();
  }
}

function limitBytes(): number {
  return serverSettings.peek().images?.max_bytes ?? 0;
}

/** In Markdown the image is seen in the preview, elsewhere there is its address. */
function inText({ session }: Pad, url: string, name: string): string {
  if (!isMarkdown(session)) return new URL(url, document.baseURI).href;
  return `![${name.replace(/[\\[\]]/g, "\\$&")}](${url})`;
}

/** Screenshots all have the same name, which says nothing. */
function nameOf({ name }: File): string {
  const stem = name.replace(/\.\w+$/, "").replace(/\s+/g, " ").trim();
  return stem === "" || stem === "image" ? words.now.unnamed : stem;
}

/** Stays, whatever comes after it. What may pass by itself can be tried again, at the caret of then. */
function tell(pad: Pad, file: File, name: string, { code, answer }: RightsError): void {
  const mayPass = code === "unreachable" || code === "rate_limited" || code === "storage_unavailable" || code === "overloaded";
  const size = (bytes: unknown) => (typeof bytes === "number" ? t.bytes(bytes) : "");
  const numbers = { limit: t.bytes(limitBytes()), used: size(answer["used_bytes"]), room: size(answer["max_bytes"]) };
  const text = code === "images_off" ? words.now.off : (words.now.refused[code]?.(name, numbers) ?? words.now.otherwise(name));
  const action = { label: words.now.tryAgain, run: () => void addImages(pad, [file]) };
  pad.notify(text, { stay: "until_dismissed", ...(mayPass && { action }) });
}
