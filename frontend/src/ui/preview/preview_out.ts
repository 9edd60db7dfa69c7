/** The preview out of the pad: as a file, and onto the clipboard with its formatting. */

import { log } from "../../browser";
import { codeStyles } from "../../editor/behind";
import { downloadText } from "../base/copy";
import colours from "../style/colours.css?inline";
import preview from "../style/preview.css?inline";

/** Beside the styles of the page, which make the file look as the preview does. */
const OWN = `
  body { margin: 0 auto; max-width: 46rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
  .preview-text.preview-text { overflow: visible; padding: 1.5rem; --mono: ui-monospace, monospace; }
`;
/** The file runs nothing and asks nobody, whatever opens it, save for images that were shown. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:";

/** Has the browser save what that element shows as one file. */
export async function downloadHtml(shown: HTMLElement, title: string, name: string): Promise<void> {
  downloadText(await pageOf(shown, title), name);
}

/** The head is put together as text: a style sheet that is an element of any document here is one of the page's to its
 * policy. */
async function pageOf(shown: HTMLElement, title: string): Promise<string> {
  const named = document.createElement("title");
  named.textContent = title;
  const body = copyOf(shown);
  await Promise.all(Array.from(body.querySelectorAll("img"), embed));
  body.className = "preview-text";
  return `<!DOCTYPE html>
<html lang="${document.documentElement.lang}">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width">
${named.outerHTML}
<style>${colours}${preview}${await codeStyles()}${OWN}</style>
${body.outerHTML}
`;
}

/** An image of this host goes into the file. One that is gone stays what it is. */
async function embed(image: HTMLImageElement): Promise<void> {
  if (!image.src.startsWith(new URL("image/", document.baseURI).href)) return;
  try {
    const response = await fetch(image.src);
    if (response.ok) image.src = await dataUrlOf(await response.blob());
  } catch (error) {
    log.warn("could not be put into the file:", image.src, error);
  }
}

function dataUrlOf(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result as string));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}

/** The elements without what is of use in the page alone; links within the text lead somewhere by themselves. */
function copyOf(shown: HTMLElement): HTMLElement {
  const copy = document.createElement("div");
  for (const child of shown.children) copy.append(child.cloneNode(true));
  for (const link of copy.querySelectorAll<HTMLElement>("[data-to]")) {
    link.setAttribute("href", `#${encodeURIComponent(link.dataset["to"]!)}`);
    for (const name of ["data-to", "role", "tabindex"]) link.removeAttribute(name);
  }
  for (const place of copy.querySelectorAll<HTMLElement>("[data-anchor]")) {
    place.id = place.dataset["anchor"]!;
    place.removeAttribute("data-anchor");
  }
  for (const box of copy.querySelectorAll("input")) {
    box.removeAttribute("data-line");
    box.setAttribute("disabled", "");
  }
  return copy;
}

/** Copies what that element shows with its formatting, and `text` for those who want none. False: it was not possible. */
export async function copyFormatted(shown: HTMLElement, text: string): Promise<boolean> {
  const html = copyOf(shown).innerHTML;
  const parts = { "text/html": html, "text/plain": text };
  try {
    const blobs = Object.entries(parts).map(([type, part]) => [type, new Blob([part], { type })]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    return true;
  } catch {
    return copyByEvent(parts);
  }
}

/** On plain HTTP, where browsers have no clipboard API. */
function copyByEvent(parts: Record<string, string>): boolean {
  const put = (event: ClipboardEvent) => {
    for (const [type, part] of Object.entries(parts)) event.clipboardData?.setData(type, part);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  addEventListener("copy", put, { capture: true });
  const copied = document.execCommand("copy");
  removeEventListener("copy", put, { capture: true });
  return copied;
}
