/** The name and the colour by which the others see me: made up on the first visit,
 * mine to change, kept in this browser. */

import { type Signal, signal } from "@preact/signals";
import type { UserInfo } from "../wire";
import type { Environment } from "./environment";

/** A name has no more code points than this. */
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

type IdentityEnvironment = Pick<Environment, "askedName" | "random" | "storage">;

export class Identity {
  /** As the others see it. */
  readonly shown: Signal<UserInfo>;
  /** True when the colour was made up just now: nobody will miss it. */
  #isNew: boolean;
  /** True when the user chose the colour that is shown. */
  #isChosen: boolean;

  constructor(private readonly environment: IdentityEnvironment) {
    const { name, hue, isNew, isChosen } = loadIdentity(environment);
    this.shown = signal({ name, hue });
    [this.#isNew, this.#isChosen] = [isNew, isChosen];
  }

  /** Takes what the user chose, and keeps it; a name of which nothing is left stays as it was. */
  set(name: string, hue: number): void {
    this.#isChosen ||= hue !== this.shown.value.hue;
    this.#keep(cleanName(name) || this.shown.value.name, hue);
  }

  #keep(name: string, hue: number): void {
    this.shown.value = { name, hue };
    this.#isNew = false;
    this.environment.storage.write(KEY, { name, hue, isChosen: this.#isChosen });
  }

  /** True for somebody who looks the same in all: another tab of this browser. */
  is({ name, hue }: UserInfo): boolean {
    return name === this.shown.value.name && hue === this.shown.value.hue;
  }

  /** Meeting others, with every connection, takes the colour farthest from theirs: on the first visit of all for good, and
   * later, when one's own is taken (`isTaken`), for this visit. Returns true when the user chose the one that was taken,
   * and should know. That one stays where there are so many people that no colour is free. */
  meet(hues: readonly number[], isTaken: boolean): boolean {
    const { name } = this.shown.value;
    if (hues.length === 0) return false;
    const hue = farthestHue(hues);
    if (this.#isNew) return this.#keep(name, hue), false;
    if (!isTaken || (this.#isChosen && hues.some((other) => isNear(hue, other)))) return false;
    this.shown.value = { name, hue };
    const tells = this.#isChosen;
    this.#isChosen = false; // what is shown now was not
    return tells;
  }
}

/** The identity that was kept, or a new one. */
function loadIdentity({ askedName, random, storage }: IdentityEnvironment): UserInfo & { isNew: boolean; isChosen: boolean } {
  const kept = storage.read(KEY) as Partial<UserInfo & { isChosen: boolean }> | null;
  const name = typeof kept?.name === "string" ? cleanName(kept.name) : "";
  const hue = isHue(kept?.hue) ? kept.hue : Math.floor(random() * 360);
  const asked = cleanName(askedName ?? "");
  const isNew = !isHue(kept?.hue);
  const isChosen = kept?.isChosen === true;
  if (asked) return { name: asked, hue, isNew: false, isChosen };
  const identity = { name: name || `${pick(MANNERS, random)} ${pick(ANIMALS, random)}`, hue };
  if (!name) storage.write(KEY, identity);
  return { ...identity, isNew, isChosen };
}

/** True for a name as this page makes them up. */
export function isMadeUp(name: string): boolean {
  const [manner = "", animal = "", ...rest] = name.split(" ");
  return MANNERS.includes(manner) && ANIMALS.includes(animal) && rest.length === 0;
}

/** Control characters, and those that turn the direction of what stands around them. */
const DROPPED = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
/** Whatever shows nothing at the beginning: spaces, letters that look like one, what says how its neighbours look. */
const LEADING = /^[\s\u2800\p{DI}]+/u;
/** The same at the end, where what belongs to the letter before it stays: the colour of a heart. */
const TRAILING = /[\s\u115f\u1160\u200b\u2800\u3164\uffa0][\s\u2800\p{DI}]*$/u;

/** The name as the server would have it (pad_clean_name() in src/pad/names.c): without control characters and what
 * looks empty at either end, at most 64 code points. "" when nothing is left. */
export function cleanName(name: string): string {
  const printable = name.toWellFormed().replace(DROPPED, "").replace(LEADING, "");
  return [...printable].slice(0, NAME_POINTS_MAX).join("").replace(TRAILING, "");
}

/** Two people who are nearer than this on the circle of colours look the same. */
const NEAR_DEGREES = 24;

/** True for two colours that look the same. */
export function isNear(a: number, b: number): boolean {
  return distance(a, b) < NEAR_DEGREES;
}

/** The hue in the middle of the widest gap between those, of which there is one at least. */
export function farthestHue(others: readonly number[]): number {
  const sorted = [...new Set(others)].sort((a, b) => a - b);
  const gaps = sorted.map((start, i) => {
    const end = sorted[i + 1] ?? sorted[0]! + 360;
    return { size: end - start, middle: Math.floor((start + end) / 2) % 360 };
  });
  return gaps.reduce((widest, gap) => (gap.size > widest.size ? gap : widest)).middle;
}

function distance(a: number, b: number): number {
  const apart = Math.abs(a - b);
  return Math.min(apart, 360 - apart);
}

/** True for a hue as the wire has it: an integer from 0 to 359. */
export function isHue(hue: unknown): hue is number {
  return Number.isInteger(hue) && (hue as number) >= 0 && (hue as number) <= 359;
}

function pick<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)]!;
}
