import { type Signal, signal } from "@preact/signals";
import type { Authorship } from "../../past";
import type { Pad } from "./pad";

/** Kept beside the pads, since hardly anybody asks. */
const all = new WeakMap<Pad, Signal<Authorship | null>>();

/** Who wrote which part of the text of that pad; null: it is not shown. */
export function authorshipIn(pad: Pad): Signal<Authorship | null> {
  const known = all.get(pad) ?? signal(null);
  all.set(pad, known);
  return known;
}
