/** The wire: messages of both versions, decoded and checked. */
import type { ClientMessage } from "./messages";

export * from "./messages";
export { decode, WireError } from "./decode";

/** The WebSocket subprotocol of version 2; version 1 offers none. */
export const SUBPROTOCOL_V2 = "kolabpad.v2";

export function encode(message: ClientMessage): string {
  return JSON.stringify(message);
}
