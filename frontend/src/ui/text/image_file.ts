/** Image files as they are sent to the server. */

/** What browsers show and servers take; for the dialog in which a file is chosen, too. */
export const IMAGE_TYPES = "image/png,image/jpeg,image/gif,image/webp,image/avif";

const QUALITY = 0.9;
/** A photo is drawn no larger. */
const LONGEST_SIDE = 4096;
const MOST_TRIES = 5;
/** So many pixels are looked at in one go: keys come between. */
const SLICE_PIXELS = 1 << 20;
/** Within so many bytes a file says that it moves. */
const HEAD_BYTES = 1 << 16;

/** True for a file that says that it is an image: the server looks. SVG is text. */
export function isImage({ type }: File): boolean {
  return type.startsWith("image/") && type !== "image/svg+xml";
}

export interface SentImage {
  blob: Blob;
  /** True: it was made smaller than the file, so that it fits. */
  isSmaller: boolean;
}

type Redrawn = "image/jpeg" | "image/png";

/** A photo is drawn anew: what the camera has written into it, the place above all, is nobody's business, and it is made
 * as small as it must be. What else does not fit and does not move is drawn anew, too: what one can see through as PNG,
 * everything else as JPEG, which takes far less. All the rest is sent as it is. Rejects for one that the browser cannot read. */
export async function imageToSend(file: File, limitBytes: number): Promise<SentImage> {
  const isPhoto = file.type === "image/jpeg";
  if (!isPhoto && (file.size <= limitBytes || (await moves(file)))) return { blob: file, isSmaller: false };
  const picture = await createImageBitmap(file);
  try {
    const type: Redrawn = !isPhoto && (await isSeenThrough(picture)) ? "image/png" : "image/jpeg";
    const sent = await drawn(picture, type, limitBytes);
    return isPhoto ? sent : { ...sent, isSmaller: true };
  } finally {
    picture.close();
  }
}

/** Of what moves, one picture would be left. */
async function moves(file: File): Promise<boolean> {
  if (file.type === "image/gif") return true;
  const head = new TextDecoder("latin1").decode(await file.slice(0, HEAD_BYTES).arrayBuffer());
  return /acTL|ANIM|avis/.test(head); // in PNG, WebP and AVIF
}

async function isSeenThrough(picture: ImageBitmap): Promise<boolean> {
  const { width, height } = picture;
  const rows = Math.max(1, Math.floor(SLICE_PIXELS / width));
  for (let top = 0; top < height; top += rows) {
    const canvas = new OffscreenCanvas(width, Math.min(rows, height - top));
    const context = canvas.getContext("2d", { willReadFrequently: true })!;
    context.drawImage(picture, 0, -top);
    const pixels = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    if (pixels.some((pixel) => pixel >>> 24 < 255)) return true;
    await new Promise((resolve) => setTimeout(resolve));
  }
  return false;
}

async function drawn(picture: ImageBitmap, type: Redrawn, limitBytes: number): Promise<SentImage> {
  const whole = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  let scale = whole;
  let blob = await fileOf(picture, type, scale);
  for (let i = 1; i < MOST_TRIES && blob.size > limitBytes; i++) {
    scale *= Math.min(0.9, Math.sqrt(limitBytes / blob.size) * 0.95);
    blob = await fileOf(picture, type, scale);
  }
  return { blob, isSmaller: scale < 1 };
}

function fileOf(picture: ImageBitmap, type: Redrawn, scale: number): Promise<Blob> {
  const [width, height] = [picture.width, picture.height].map((it) => Math.max(1, Math.round(it * scale))) as [number, number];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d")!;
  context.imageSmoothingQuality = "high"; // text in it is still read
  context.drawImage(picture, 0, 0, width, height);
  return canvas.convertToBlob({ type, quality: QUALITY });
}
