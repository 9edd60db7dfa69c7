/** Requests about the comments of a pad to its server, as the author that this browser is. */

import { readStored, writeStored } from "../browser";
import { linkOf, type Session } from "../session";
import { RightsError } from "../sharing";

/** Of which pad, by what right, and under which name. */
export type Commenter = Pick<Session, "acceptedOtp" | "identity" | "padId"> & { access: Pick<Session["access"], "owner"> };

export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

const KEY = "commentAuthor";
const TOKEN = /^[\w-]{22}$/;
/** For browsers that keep nothing: as long as the page. */
let unkept: string | null = null;

/** True where this browser has written a comment, or may have. */
export function hasAuthorToken(): boolean {
  return storedToken() !== null;
}

/** By this the server knows an author again, in all pads; whoever has it can change what was written with it. */
function authorToken(): string {
  const known = storedToken();
  if (known !== null) return known;
  unkept = randomToken();
  writeStored(KEY, unkept);
  return unkept;
}

function storedToken(): string | null {
  const kept = readStored(KEY);
  return typeof kept === "string" && TOKEN.test(kept) ? kept : unkept;
}

/** 128 random bits as 22 base64url characters. */
export function randomToken(): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...random)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Every function rejects with a RightsError. */
export class CommentRequests {
  constructor(
    private readonly commenter: Commenter,
    private readonly base: string,
    private readonly fetch: Fetch = (url, init) => globalThis.fetch(url, init),
  ) {}

  /** What the server answers, as JSON, or null when it has no more to say than that it is done. `path` is what follows the
   * comments in the address; what is asked under one `key` more than once is done once. */
  async ask(method: "DELETE" | "GET" | "PATCH" | "POST", path: string, body?: object, key?: string): Promise<unknown> {
    const { padId, acceptedOtp, access, identity } = this.commenter;
    const link = linkOf(padId);
    const url = new URL(`api/${link === null ? `document/${encodeURIComponent(padId)}` : "link"}/comments${path}`, this.base);
    const secret = link ?? access.owner.peek() ?? acceptedOtp.peek();
    const { name, hue } = identity.peek();
    const headers = {
      ...(secret !== null && { Authorization: `Bearer ${secret}` }),
      ...(body && { "Content-Type": "application/json" }),
      ...(key && { "Idempotency-Key": key }),
      "X-Author-Token": authorToken(),
      "X-Author-Name": encodeURIComponent(name.toWellFormed()),
      "X-Author-Hue": String(hue),
    };
    return answerOf(await this.#fetched(url, { method, headers, ...(body && { body: JSON.stringify(body) }) }));
  }

  async #fetched(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await this.fetch(url, init);
    } catch {
      throw new RightsError("unreachable");
    }
  }
}

async function answerOf(response: Response): Promise<unknown> {
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer;
  const said = (typeof answer === "object" && answer ? answer : {}) as Record<string, unknown>;
  throw new RightsError(typeof said["code"] === "string" ? said["code"] : "internal", said);
}
