/** Requests about a pad to its server, by whatever right this tab has. */

import { linkOf, type Session } from "../session";

/** The server said no, or nothing. `code` is its word for the reason; "unreachable" when there was no answer. */
export class RightsError extends Error {
  override name = "RightsError";
  constructor(
    readonly code: string,
    /** All that the server said about it. */
    readonly answer: Readonly<Record<string, unknown>> = {},
  ) {
    super(code);
  }
}

/** Of which pad, and by what right. */
export type Requesting = Pick<Session, "acceptedOtp" | "padId"> & { access: Pick<Session["access"], "owner"> };

export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

/** Every function rejects with a RightsError. */
export class PadRequests {
  constructor(
    private readonly requesting: Requesting,
    private readonly base: string,
    private readonly fetch: Fetch = (url, init) => globalThis.fetch(url, init),
  ) {}

  /** What the server answers, as JSON; `path` is what follows the pad in the address. */
  async answer<T>(method: string, path: string, body?: object | Blob): Promise<T> {
    const response = await this.request(method, path, body);
    try {
      return (await response.json()) as T;
    } catch {
      throw new RightsError("internal");
    }
  }

  /** An answer that is not a refusal. The body is sent as JSON, a Blob as it is. */
  async request(method: string, path: string, body?: object | Blob): Promise<Response> {
    const { padId, access, acceptedOtp } = this.requesting;
    const url = new URL((await this.#placeFor(method)) + path, this.base);
    const secret = linkOf(padId) ?? access.owner.peek() ?? acceptedOtp.peek();
    const headers = {
      ...(secret !== null && { Authorization: `Bearer ${secret}` }),
      ...(body && { "Content-Type": body instanceof Blob ? body.type : "application/json" }),
    };
    const sent = body instanceof Blob ? body : JSON.stringify(body);
    const response = await this.#fetched(url, { method, headers, ...(body && { body: sent }) });
    if (response.ok) return response;
    const answer: unknown = await response.json().catch(() => null);
    const said = (typeof answer === "object" && answer ? answer : {}) as Record<string, unknown>;
    throw new RightsError(typeof said["code"] === "string" ? said["code"] : "internal", said);
  }

  /** What addresses of such requests begin with. Whoever comes by a link reads by the link alone; the pad's id, by which it
   * is changed, is told to those who may write. */
  async #placeFor(method: string): Promise<string> {
    const { padId } = this.requesting;
    if (linkOf(padId) === null) return `api/document/${encodeURIComponent(padId)}`;
    if (method === "GET") return "api/link";
    const { id } = await this.answer<{ id?: string }>("GET", "");
    if (id === undefined) throw new RightsError("view_only");
    return `api/document/${encodeURIComponent(id)}`;
  }

  async #fetched(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await this.fetch(url, init);
    } catch {
      throw new RightsError("unreachable");
    }
  }
}
