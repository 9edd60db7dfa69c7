/** The words of the page, in the reader's language where there is one. */

import { en, type Strings } from "./en";

export type { ActionId, ActionText } from "./actions_en";
export { LateWords } from "./late_words";
export type { ImagesText } from "./images_en";
export type { LinksText } from "./links_en";
export type { EndedText } from "./ended_en";
export type { RefusedPadText } from "./refused_pad_en";
export type { OwnerText } from "./owner_en";
export type { ShareText } from "./share_en";
export type { StartText } from "./start_en";
export type { TemplateId } from "./templates_en";
export type { OfflineText } from "./offline_en";
export type { Strings };

/** The catalogue in use: English until loadStrings() has found another. */
export let t: Strings = en;

/** The other catalogues: each is loaded only when it is wanted. */
const OTHERS: Record<string, () => Promise<Strings>> = {
  de: async () => (await import("./de")).de,
};

/** Chooses the catalogue by the preferred languages; this comes before anything is shown.
 * Rejects, and leaves English, when it cannot be loaded. */
export async function loadStrings(preferred: readonly string[]): Promise<void> {
  t = (await OTHERS[localeFor(preferred)]?.()) ?? en;
}

/** The first of the preferred that there are words in, else English. */
export function localeFor(preferred: readonly string[]): string {
  const languages = preferred.map((tag) => tag.split("-")[0]!.toLowerCase());
  return languages.find((language) => language === "en" || Object.hasOwn(OTHERS, language)) ?? "en";
}
