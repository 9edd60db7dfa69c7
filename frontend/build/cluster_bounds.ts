/**
 * Bounds the search for the beginning and the end of what looks like one character.
 *
 * Any number of marks may belong to a letter, and the search for where such a cluster begins
 * takes the square of their number: a key stood still for minutes in a text of marks or
 * joiners. Here a cluster has 256 units at most. See docs/decisions/086.
 */

import type { Plugin } from "vite";
import { amend } from "./amend.ts";

const MOST_UNITS = 256;

export function boundClusters(): Plugin {
  return amend("cluster_bounds", /[\\/]@marijn[\\/]find-cluster-break[\\/]src[\\/]index\.js$/, [
    {
      before: "  while (pos < str.length) {",
      after: `  for (const end = Math.min(str.length, pos + ${MOST_UNITS}); pos < end;) {`,
    },
    { before: "  while (pos > 1) {", after: `  for (const least = Math.max(1, pos - ${MOST_UNITS}); pos > least;) {` },
    { before: "  return 0\n}", after: "  return pos > 1 ? pos - (surrogateLow(str.charCodeAt(pos)) ? 1 : 0) : 0\n}" },
  ]);
}
