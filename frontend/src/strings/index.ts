/** The words of the page. */
import { en } from "./en";

export type Strings = typeof en;

export const t: Strings = en;
