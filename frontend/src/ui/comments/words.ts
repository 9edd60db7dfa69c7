import { LateWords, t } from "../../strings";

/** What is said of comments, loaded with what shows them. */
export const commentWords = new LateWords(async () => (await t.frame.more()).comments());
