/** Switching a pad's password on and off: the HTTP side of it. Everyone, this
 * tab too, learns the outcome through the socket. */

export interface Requester {
  user_id: number;
  user_name: string;
  client: string;
  otp: string | null;
}

/** The server said no, or nothing. `code` is its word for why. */
export class ProtectionError extends Error {
  override name = "ProtectionError";
  constructor(readonly code: string) {
    super(code);
  }
}

/** Gives the pad a new password and returns it. */
export async function protect(base: string, padId: string, requester: Requester): Promise<string> {
  const response = await request("POST", base, padId, requester);
  const { otp } = (await response.json()) as { otp?: unknown };
  if (typeof otp !== "string") throw new ProtectionError("internal");
  return otp;
}

export async function unprotect(base: string, padId: string, requester: Requester): Promise<void> {
  await request("DELETE", base, padId, requester);
}

async function request(method: string, base: string, padId: string, body: Requester): Promise<Response> {
  const url = new URL(`api/document/${encodeURIComponent(padId)}/protect`, base);
  const headers = { "Content-Type": "application/json" };
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
