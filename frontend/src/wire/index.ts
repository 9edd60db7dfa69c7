/** The wire: messages of both versions, decoded and checked. */
import type { ClientMessage } from "./messages";

export * from "./messages";
export { decode, WireError } from "./decode";
export { SUBPROTOCOL_V2 } from "./subprotocol";

/** A message as the text that goes to the server. */
export function encode(message: ClientMessage): string {
  return JSON.stringify(message);
}
