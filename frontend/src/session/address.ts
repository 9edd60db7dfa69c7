/**
 * The address of a pad: `#pad-id` or `#pad-id&otp=password`. Both stand behind
 * the hash, which browsers send to no server, so that neither ends in the log
 * of a proxy.
 */

export interface PadAddress {
  id: string;
  otp: string | null;
}

/** Random bits of an id we make up: nobody finds it by trying. */
const ID_BYTES = 12;
/** Random bits of the token that tells the server that we are the same tab. */
const TOKEN_BYTES = 16;

/** Reads an address. Also understood is the password where older links have
 * it: `?otp=` before the hash or in it. id is "" when there is none. */
export function parseAddress(hash: string, search: string): PadAddress {
  const [id = "", ...rest] = hash.replace(/^#/, "").split(/[?&]/);
  const otp = new URLSearchParams(rest.join("&")).get("otp") ?? new URLSearchParams(search).get("otp");
  return { id: decodePercent(id), otp: otp || null };
}

export function hashOf({ id, otp }: PadAddress): string {
  const password = otp === null ? "" : `&otp=${encodeURIComponent(otp)}`;
  return `#${encodeURIComponent(id)}${password}`;
}

/** The address for others, below the page's own. */
export function shareLink(base: string, address: PadAddress): string {
  const page = new URL(base);
  page.search = "";
  page.hash = hashOf(address);
  return page.href;
}

export function socketUrl(base: string, padId: string): string {
  const url = new URL(`api/socket/${encodeURIComponent(padId)}`, base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

export function newPadId(): string {
  return randomBase64url(ID_BYTES);
}

export function newClientToken(): string {
  return randomBase64url(TOKEN_BYTES);
}

/** Why no server would open a pad of that name. */
export type PadIdProblem = "too_long" | "slash" | "control" | "dots";

const ID_BYTES_MAX = 128;

/** As the server sees it; null when the name is good. "." and ".." are paths
 * to browsers, however they are written. */
export function padIdProblem(id: string): PadIdProblem | null {
  if (id.includes("/")) return "slash";
  if (/\p{Cc}/u.test(id)) return "control";
  if (id === "." || id === "..") return "dots";
  return new TextEncoder().encode(id).length > ID_BYTES_MAX ? "too_long" : null;
}

function randomBase64url(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...random))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % in a hand-written link
  }
}
