import { LateWords, t } from "../../strings";

/** What is said of the history of a text, loaded with what shows it. */
export const historyWords = new LateWords(() => t.history());
