import { lazy } from "../base/lazy";

/** A text of before, over the present one: its code comes with the first one that is wanted. */
export const PastText = lazy("past text", async () => (await import("./past_text")).loadPastText());
