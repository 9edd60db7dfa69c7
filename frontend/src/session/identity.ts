/** Who I am to the others: a name and a colour, made up on the first visit,
 * mine to change, kept in this browser. */

import type { UserInfo } from "../wire";
import { remember, remembered } from "./storage";

export const NAME_POINTS_MAX = 64;
const KEY = "identity";

const MANNERS = [
  "Brave", "Bright", "Calm", "Clever", "Curious", "Gentle", "Happy", "Jolly", "Kind", "Lively",
  "Lucky", "Merry", "Nimble", "Patient", "Quick", "Quiet", "Sunny", "Swift", "Warm", "Witty",
];
const ANIMALS = [
  "Badger", "Beaver", "Crane", "Dolphin", "Falcon", "Finch", "Fox", "Hare", "Heron", "Ibex",
  "Lark", "Lynx", "Marten", "Otter", "Owl", "Panda", "Robin", "Seal", "Swan", "Wren",
];

/** As remembered, or a new one. */
export function loadIdentity(): UserInfo {
  const kept = remembered(KEY) as Partial<UserInfo> | null;
  const name = typeof kept?.name === "string" ? cleanName(kept.name) : "";
  const hue = isHue(kept?.hue) ? kept.hue : Math.floor(Math.random() * 360);
  const identity = { name: name || `${pick(MANNERS)} ${pick(ANIMALS)}`, hue };
  if (!name) saveIdentity(identity);
  return identity;
}

export function saveIdentity(identity: UserInfo): void {
  remember(KEY, identity);
}

/** As the server would have it: trimmed, without control characters, at most
 * 64 code points. "" when nothing is left. */
export function cleanName(name: string): string {
  const printable = name.toWellFormed().replace(/\p{Cc}/gu, "");
  return [...printable.trim()].slice(0, NAME_POINTS_MAX).join("").trim();
}

export function isHue(hue: unknown): hue is number {
  return Number.isInteger(hue) && (hue as number) >= 0 && (hue as number) <= 359;
}

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)]!;
}
