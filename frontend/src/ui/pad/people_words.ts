import { LateWords, t } from "../../strings";

/** What is said of the people in a pad, once the code that shows them has come. */
export const peopleWords = new LateWords(() => t.people.more());
