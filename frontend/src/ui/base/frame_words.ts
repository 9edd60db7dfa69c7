import { LateWords, t } from "../../strings";

/** What the frame says once its code has come: rail, panels, status bar and menu. */
export const frameWords = new LateWords(() => t.frame.more());
