/** Image files as they are sent to the server. */

/** What browsers show and servers take; for the dialog in which a file is chosen, too. */
export const IMAGE_TYPES = "image/png,image/jpeg,image/gif,image/webp,image/avif";

const QUALITY = 0.9;
/** A photo is drawn no larger. */
const LONGEST_SIDE = 4096;
const MOST_TRIES = 5;

/** True for a file that says that it is an image: the server looks. SVG is text. */
export function isImage({ type }: File): boolean {
  return type.startsWith("image/") && type !== "image/svg+xml";
}

export interface SentImage {
  blob: Blob;
  /** True: it has fewer pixels than the file, so that it fits. */
  isSmaller: boolean;
}

/** A photo is drawn anew: what the camera has written into it, the place above all, is nobody's business, and it is made
 * as small as it must be. Everything else is sent as it is. Rejects for a photo that the browser cannot read. */
export async function imageToSend(file: File, limitBytes: number): Promise<SentImage> {
  if (file.type !== "image/jpeg") return { blob: file, isSmaller: false };
  const picture = await createImageBitmap(file);
  try {
    return await drawn(picture, limitBytes);
  } finally {
    picture.close();
  }
}

async function drawn(picture: ImageBitmap, limitBytes: number): Promise<SentImage> {
  const whole = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  let scale = whole;
  let blob = await jpegOf(picture, scale);
  for (let i = 1; i < MOST_TRIES && blob.size > limitBytes; i++) {
    scale *= Math.min(0.9, Math.sqrt(limitBytes / blob.size) * 0.95);
    blob = await jpegOf(picture, scale);
  }
  return { blob, isSmaller: scale < 1 };
}

function jpegOf(picture: ImageBitmap, scale: number): Promise<Blob> {
  const [width, height] = [picture.width, picture.height].map((it) => Math.max(1, Math.round(it * scale))) as [number, number];
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")!.drawImage(picture, 0, 0, width, height);
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}
