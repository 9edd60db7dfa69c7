/**
 * The address of a pad: `#pad-id`, `#pad-id&otp=password` or, for its owner, `#pad-id&owner=token`. All stand
 * behind the hash, which browsers send to no server, so that none ends in the log of a proxy. All that follows the
 * hash is the id, unless it ends in exactly `&otp=…` or `&owner=…`: `#Q&A`, `#why?` and `#a=b` are pads of these
 * names. `@812` behind the id, and before those, is a moment: the text of that revision is shown. In addresses that the
 * page makes, an "@" of an id is escaped.
 *
 * A link is `#/link/token`. It opens a pad whose id it does not tell, so that this browser knows the pad by
 * `/link/token` in the place of an id: no id has a slash.
 */

/** A pad, and what the address carries besides. */
export interface PadAddress {
  id: string;
  otp: string | null;
  /** The token of the pad's owner, where the address has it. */
  owner?: string;
  /** The revision whose text is to be shown. */
  moment?: number;
}

/** Random bytes of an id we make up: nobody finds it by trying. */
const ID_BYTES = 12;
/** Random bytes of the token that tells the server that we are the same tab. */
const TOKEN_BYTES = 16;

/** What an address with a password ends in; older links have a "?" there. */
const PASSWORD_AT_END = /[&?](otp=[^&]*)$/;

/** The owner's token at the end of an address. */
const OWNER_AT_END = /&owner=([\w-]{22})$/;

/** Reads an address. It also understands the password where older links have it:
 * `?otp=` before the hash or in it. The id is "" when there is none. */
export function parseAddress(hash: string, search: string): PadAddress {
  const [ownerAtEnd = "", owner] = OWNER_AT_END.exec(hash) ?? [];
  const whole = hash.slice(0, hash.length - ownerAtEnd.length).replace(/^#/, "");
  const [atEnd = "", password = ""] = PASSWORD_AT_END.exec(whole) ?? [];
  const otp = new URLSearchParams(password).get("otp") ?? new URLSearchParams(search).get("otp");
  const [, id = "", moment] = /^(.+?)(?:@(\d{1,15}))?$/s.exec(whole.slice(0, whole.length - atEnd.length)) ?? [];
  return { id: decodePercent(id), otp: otp || null, ...(owner && { owner }), ...(moment && { moment: Number(moment) }) };
}

const LINK = "/link/";

/** The token of the link by which this browser knows a pad; null: it knows the pad by its id. */
export function linkOf(padId: string): string | null {
  const token = padId.startsWith(LINK) ? padId.slice(LINK.length) : "";
  return /^[\w-]{22}$/.test(token) ? token : null;
}

/** What a pad is known by that is opened with that link. */
export function idOfLink(token: string): string {
  return LINK + token;
}

/** The address of a pad within the page, from "#" on. The id is escaped, so that none looks like one with
 * a password; and so is a sign at the end, where chats take it for the sentence's. */
export function hashOf({ id, otp }: PadAddress): string {
  if (linkOf(id) !== null) return `#${id}`;
  const password = otp === null ? "" : `&otp=${encodeURIComponent(otp)}`;
  const hash = `#${encodeURIComponent(id)}${password}`;
  return hash.replace(/[-_.!~*'()]$/, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The whole address of a pad, for others; `base` is the page's own. */
export function shareLink(base: string, address: PadAddress): string {
  const page = new URL(base);
  page.search = "";
  page.hash = hashOf(address);
  return page.href;
}

/** The address of a pad, as others are given it, at that moment of its history. */
export function momentLink(address: string, revision: number): string {
  return address.replace(/(#[^&]*)/, `$1@${revision}`);
}

/** The whole address of a pad for whoever owns it with that token. The token ends in a letter, as 16 bytes in
 * base64url do. */
export function ownerLink(base: string, id: string, token: string): string {
  return `${shareLink(base, { id, otp: null })}&owner=${token}`;
}

/** The address of a pad's WebSocket. Of a link it has nothing: the token is in our first message alone. */
export function socketUrl(base: string, padId: string): string {
  const path = linkOf(padId) === null ? `api/socket/${encodeURIComponent(padId)}` : "api/socket";
  const url = new URL(path, base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** What may stand at either end of an id: chats take "-" and "_" there for the sentence's. */
const SAFE_ENDS = /^[A-Za-z0-9].*[A-Za-z0-9]$/;

/** An id for a new pad; its first and last characters are letters or digits. An id with others is drawn
 * anew as a whole, so that every one that is left stays as likely as any other. */
export function newPadId(): string {
  let id: string;
  do id = randomBase64url(ID_BYTES);
  while (!SAFE_ENDS.test(id));
  return id;
}

/** A token for a new tab: 22 base64url characters, secret. */
export function newClientToken(): string {
  return randomBase64url(TOKEN_BYTES);
}

/** The reason for which no server would open a pad of that name. */
export type PadIdProblem = "too_long" | "slash" | "control" | "dots" | "link";

const ID_BYTES_MAX = 128;

/** The reason that the server would have; null when the name is good. "." and ".."
 * are paths to browsers, however they are written. */
export function padIdProblem(id: string): PadIdProblem | null {
  if (linkOf(id) !== null) return null;
  if (id.startsWith(LINK)) return "link";
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

/** One character in UTF-8, each byte escaped. */
const ESCAPED_CHARACTER =
  /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}/gi;

/** A "%" that escapes nothing is one: browsers make `#50%%20off` of `#50% off`. */
function decodePercent(text: string): string {
  return text.replace(ESCAPED_CHARACTER, (escaped) => {
    try {
      return decodeURIComponent(escaped);
    } catch {
      return escaped; // a surrogate, or written in more bytes than it needs
    }
  });
}
