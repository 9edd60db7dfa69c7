/** The WebSocket subprotocol of version 2; version 1 offers none. */
export const SUBPROTOCOL_V2 = "kolabpad.v2";
