/** What the preview beside the text and the one that is made to leave the pad have in common. */

import { signal } from "@preact/signals";
import { loadChunk } from "../../browser";
import { FormulaQueue, loadFormulas } from "../../preview";

/** True once the reader wants to see images of other sites: in this pad, on this visit. */
export const wantsRemoteImages = signal(false);

export const formulas = new FormulaQueue(() => loadChunk("formulas", loadFormulas));
