/**
 * A pad's password, as this tab knows it, and switching it on and off: the HTTP
 * side of that. Everyone, this tab too, learns the outcome through the socket.
 *
 * Which is newer, the answer or what the socket said? The server grants a change
 * only to those who know the password of that moment. So what the socket said
 * after the asking is of our own change or of one that followed it, and the
 * answer counts only where the socket has said nothing since.
 */

import { type Signal, signal } from "@preact/signals";
import type { Environment } from "./environment";

/** The one who asks, as the server's API wants it. */
export interface Requester {
  user_id: number;
  user_name: string;
  client: string;
}

/** The server said no, or nothing. `code` is its word for the reason; "unreachable" when there was no answer. */
export class ProtectionError extends Error {
  override name = "ProtectionError";
  constructor(readonly code: string) {
    super(code);
  }
}

export class Protection {
  /** The password that this tab connects with; null: none. */
  readonly otp: Signal<string | null>;
  /** The password as far as it is not known to be a wrong one: what may be shown and passed on; null: none. */
  readonly accepted: Signal<string | null>;
  /** Counts how often the socket has spoken of the password. */
  #heard = 0;

  constructor(
    private readonly base: string,
    private readonly padId: string,
    otp: string | null,
    private readonly me: () => Requester,
    /** The owner's token, which may do this whatever the password is; null: we have none. */
    private readonly owner: () => string | null,
    private readonly fetch: Environment["fetch"],
  ) {
    this.otp = signal(otp);
    this.accepted = signal(otp);
  }

  /** The socket says that it is this; null: the pad has none. */
  hear(otp: string | null): void {
    this.#heard += 1;
    this.#set(otp);
  }

  /** The server did not take the one that this tab connected with. */
  refused(): void {
    this.accepted.value = null;
  }

  /** Gives the pad a new password. Rejects with a ProtectionError. */
  async switchOn(): Promise<void> {
    await this.#request("POST", async (response) => {
      const { otp } = (await response.json()) as { otp?: unknown };
      if (typeof otp !== "string") throw new ProtectionError("internal");
      return otp;
    });
  }

  /** Takes the password away. Rejects with a ProtectionError. */
  async switchOff(): Promise<void> {
    await this.#request("DELETE", () => Promise.resolve(null));
  }

  async #request(method: string, read: (response: Response) => Promise<string | null>): Promise<void> {
    const heard = this.#heard;
    const url = new URL(`api/document/${encodeURIComponent(this.padId)}/protect`, this.base);
    const body = { ...this.me(), otp: this.otp.value };
    const otp = await read(await request(this.fetch, method, url, this.owner(), body));
    if (this.#heard === heard) this.#set(otp);
  }

  #set(otp: string | null): void {
    this.otp.value = otp;
    this.accepted.value = otp;
  }
}

async function request(
  fetch: Environment["fetch"],
  method: string,
  url: URL,
  owner: string | null,
  body: Requester & { otp: string | null },
): Promise<Response> {
  const headers = { "Content-Type": "application/json", ...(owner !== null && { Authorization: `Bearer ${owner}` }) };
  let response: Response;
  try {
    response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  } catch {
    throw new ProtectionError("unreachable");
  }
  if (response.ok) return response;
  const answer: unknown = await response.json().catch(() => null);
  const code = (answer as { code?: unknown } | null)?.code;
  throw new ProtectionError(typeof code === "string" ? code : "internal");
}
