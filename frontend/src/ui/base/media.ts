/** The size of the screen, as a signal. */

import { signal } from "@preact/signals";

/** The style sheet asks the same. */
const query = matchMedia("(max-width: 720px), (max-height: 30rem) and (pointer: coarse)");

/** True on small screens, a phone's held sideways too. */
export const isNarrow = signal(query.matches);

query.addEventListener("change", () => (isNarrow.value = query.matches));

/** True where one presses with fingers, and writes on a keyboard on the screen. */
export const hasFingers = matchMedia("(pointer: coarse)").matches;
