import { LateWords, t } from "../../strings";

export const previewWords = new LateWords(() => t.preview.more());
