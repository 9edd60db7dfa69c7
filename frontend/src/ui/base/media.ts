/** The size of the screen, as a signal. */

import { signal } from "@preact/signals";

const query = matchMedia("(max-width: 720px)");

/** True on small screens, where a bar stands in place of the sidebar. */
export const isNarrow = signal(query.matches);

query.addEventListener("change", () => (isNarrow.value = query.matches));
