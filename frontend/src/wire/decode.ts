/**
 * From JSON text to a ServerMessage, or an error that says what is wrong.
 * Everything is checked here, so that nothing behind it has to.
 */

import type { CommentsRight, CursorData, HistoryEntry, Rights, Role, ServerMessage, ShownUser, User, Welcome } from "./messages";

/** The server sent something that this protocol does not allow. */
export class WireError extends Error {
  override name = "WireError";
}

type Json = unknown;
type Fields = Record<string, Json>;

const DECODERS: Record<string, (body: Json) => ServerMessage> = {
  Identity: (body) => ({ type: "Identity", user_id: count(body, "Identity") }),
  Welcome: (body) => ({ type: "Welcome", welcome: welcome(fields(body, "Welcome")) }),
  Snapshot: (body) => {
    const { revision, text } = fields(body, "Snapshot");
    return { type: "Snapshot", revision: count(revision, "revision"), text: string(text, "text") };
  },
  History: (body) => {
    const { start, operations } = fields(body, "History");
    return {
      type: "History",
      start: count(start, "start"),
      operations: list(operations, "operations").map(entry),
    };
  },
  Users: (body) => ({ type: "Users", users: list(body, "Users").map(user) }),
  Language: (body) => {
    const f = fields(body, "Language");
    return { type: "Language", language: string(f.language, "language"), ...author(f) };
  },
  OTP: (body) => {
    const f = fields(body, "OTP");
    return { type: "OTP", otp: orNull(string)(f.otp, "otp"), ...author(f) };
  },
  UserInfo: (body) => {
    const { id, info } = fields(body, "UserInfo");
    return { type: "UserInfo", id: count(id, "id"), info: orNull(userInfo)(info, "info") };
  },
  UserCursor: (body) => {
    const { id, data } = fields(body, "UserCursor");
    return { type: "UserCursor", id: count(id, "id"), data: cursorData(fields(data, "data")) };
  },
  Rejected: (body) => {
    const f = fields(body, "Rejected");
    return {
      type: "Rejected",
      revision: count(f.revision, "revision"),
      code: string(f.code, "code"),
      message: string(f.message, "message"),
      limit: orNull(count)(f.limit, "limit"),
    };
  },
  Storage: (body) => ({
    type: "Storage",
    writable: boolean(fields(body, "Storage").writable, "writable"),
  }),
  Access: (body) => {
    const f = fields(body, "Access");
    return { type: "Access", role: role(f.role, "role"), comments: commentsRight(f) };
  },
  Owner: (body) => ({ type: "Owner", token: string(fields(body, "Owner").token, "token") }),
  Rights: (body) => {
    const f = fields(body, "Rights");
    return { type: "Rights", rights: rights(f), ...author(f) };
  },
  Restored: (body) => past({ change: "restored", ...fields(body, "Restored") }),
  HistoryChanged: (body) => past(fields(body, "HistoryChanged")),
  Pong: (body) => ({ type: "Pong", n: count(body, "Pong") }),
};

/** The message that a text from the server is. Throws a WireError when it is none;
 * one of a kind that is not known here comes as "Unknown". */
export function decode(text: string): ServerMessage {
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch {
    throw new WireError("a message is not JSON");
  }
  const [message, ...others] = Object.entries(fields(json, "message"));
  if (!message || others.length > 0) throw new WireError("a message must have one key");
  const [name, body] = message;
  const decoder = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
  return decoder ? decoder(body) : { type: "Unknown", name, body };
}

/* ---- parts of messages ---- */

function welcome(f: Fields): Welcome {
  const limits = fields(f.limits, "limits");
  return {
    user_id: count(f.user_id, "user_id"),
    epoch: string(f.epoch, "epoch"),
    revision: count(f.revision, "revision"),
    resumed: boolean(f.resumed, "resumed"),
    committed: count(f.committed, "committed"),
    access: role(f.access, "access"),
    language: orNull(string)(f.language, "language"),
    otp: orNull(string)(f.otp, "otp"),
    limits: {
      document_bytes: count(limits.document_bytes, "document_bytes"),
      message_bytes: count(limits.message_bytes, "message_bytes"),
    },
    created_at: orNull(count)(f.created_at, "created_at"),
    expires_at: orNull(count)(f.expires_at, "expires_at"),
    comments: commentsRight(f),
    order: orNull(string)(f.order, "order"),
    server: string(f.server, "server"),
    ...(f.rights !== undefined && f.rights !== null && { rights: rights(fields(f.rights, "rights")) }),
    ...(typeof f.owner === "string" && { owner: f.owner }),
    history: f.history === true,
  };
}

function past(f: Fields): ServerMessage {
  return { type: "Past", change: string(f.change, "change"), at: orNull(count)(f.at, "at"), ...author(f) };
}

function rights(f: Fields): Rights {
  return { owner: boolean(f.owner, "owner"), manage: whose(f.manage), write: whose(f.write) };
}

function whose(json: Json): "owner" | "editors" {
  return json === "owner" ? "owner" : "editors";
}

function entry(json: Json): HistoryEntry {
  const { id, order, operation } = fields(json, "operations");
  return { id: count(id, "id"), order: orNull(string)(order, "order"), operation: list(operation, "operation").map(component) };
}

function component(json: Json): number | string {
  if (typeof json === "string" && json !== "") return json;
  if (Number.isSafeInteger(json) && json !== 0) return json as number;
  throw new WireError("a component must be text or a whole number other than 0");
}

function user(json: Json): User {
  const f = fields(json, "Users");
  return { id: count(f.id, "id"), ...userInfo(f, "Users"), ...cursorData(f) };
}

function userInfo(json: Json, name: string): ShownUser {
  const f = fields(json, name);
  const hue = count(f.hue, "hue");
  if (hue > 359) throw new WireError("hue must be 0 to 359");
  return { name: string(f.name, "name"), hue, ...(f.view === true && { view: true }) };
}

/** A role that is not known yet may be tried: what it may not do, the server refuses. */
function role(json: Json, name: string): Role {
  const known = string(json, name);
  return known === "view" || known === "own" ? known : "edit";
}

function commentsRight({ comments }: Fields): CommentsRight | null {
  return comments === "write" || comments === "read" ? comments : null;
}

function cursorData(f: Fields): CursorData {
  return {
    cursors: list(f.cursors ?? [], "cursors").map((at) => count(at, "cursors")),
    selections: list(f.selections ?? [], "selections").map((pair) => {
      const [anchor, head] = list(pair, "selections");
      return [count(anchor, "selections"), count(head, "selections")];
    }),
  };
}

function author(f: Fields): { user_id: number; user_name: string } {
  return { user_id: count(f.user_id, "user_id"), user_name: string(f.user_name, "user_name") };
}

/* ---- JSON values ---- */

function fields(json: Json, name: string): Fields {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Fields;
  throw new WireError(`${name} must be an object`);
}

function list(json: Json, name: string): Json[] {
  if (Array.isArray(json)) return json;
  throw new WireError(`${name} must be a list`);
}

function string(json: Json, name: string): string {
  if (typeof json === "string") return json;
  throw new WireError(`${name} must be text`);
}

/** A whole number from 0 on. User ids may be 2^64 - 1, so the bound is not
 * that of safe integers. */
function count(json: Json, name: string): number {
  if (typeof json === "number" && Number.isInteger(json) && json >= 0) return json;
  throw new WireError(`${name} must be a whole number from 0 on`);
}

function boolean(json: Json, name: string): boolean {
  if (typeof json === "boolean") return json;
  throw new WireError(`${name} must be true or false`);
}

/** Absent and null are the same. */
function orNull<T>(decoder: (json: Json, name: string) => T): (json: Json, name: string) => T | null {
  return (json, name) => (json === null || json === undefined ? null : decoder(json, name));
}
