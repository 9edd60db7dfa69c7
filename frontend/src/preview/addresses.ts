/** Decides where a text that somebody else wrote may point. */

const SCHEMES = new Set(["http:", "https:", "mailto:"]);
const INLINE_IMAGE = /^data:image\/(?:png|gif|jpeg|webp);base64,/i;

/** The address, when a link may lead there; null when not. Relative addresses are
 * refused: a pad's text has no place from which they could count. */
export function addressOf(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url && SCHEMES.has(url.protocol) ? url.href : null;
}

/** True for an image that the text itself holds. */
export function isInlineImage(source: string): boolean {
  return INLINE_IMAGE.test(source);
}

const IMAGE_HERE = /\/image\/[\w-]{22}$/;

/** The address of an image that this host keeps; null: it is none. */
export function imageHere(source: string): string | null {
  if (!IMAGE_HERE.test(source) || !URL.canParse(source, document.baseURI)) return null;
  const { href } = new URL(source, document.baseURI);
  return href.startsWith(new URL("image/", document.baseURI).href) ? href : null;
}

/** True for an image that another site would be asked for. */
export function isRemoteImage(source: string): boolean {
  return /^https?:/i.test(source) && addressOf(source) !== null;
}

/** True for one of those that the page's policy lets in where the server allows any. */
export function isSecureImage(source: string): boolean {
  return /^https:/i.test(source) && isRemoteImage(source);
}
