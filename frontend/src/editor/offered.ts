/** The mark of a transaction by which the user takes an offer that others were made too. */

import { Annotation } from "@codemirror/state";
import type { Offered } from "../session";

export const offered = Annotation.define<Offered>();
