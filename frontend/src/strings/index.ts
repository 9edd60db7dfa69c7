/** The words of the page, in the reader's language where there is one. */

import { en, type Strings } from "./en";

export type { Strings };

/** The catalogue in use: English until loadStrings() has found another. */
export let t: Strings = en;

/** Each loaded only when it is wanted. */
const OTHERS: Record<string, () => Promise<Strings>> = {
  de: async () => (await import("./de")).de,
};

/** Chooses by what the browser prefers; must be done before anything is shown. */
export async function loadStrings(preferred: readonly string[]): Promise<void> {
  for (const tag of preferred) {
    const language = tag.split("-")[0]!.toLowerCase();
    if (language === "en") return;
    const load = OTHERS[language];
    if (!load) continue;
    t = await load();
    return;
  }
}
