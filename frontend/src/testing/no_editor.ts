/** The editor of tests that need none. */

import type { EditorPort } from "../session";

export const noEditor: EditorPort = {
  applyRemote: () => {},
  shown: () => "",
  carets: () => ({ cursors: [], selections: [] }),
  composing: () => null,
  endComposition: () => {},
};
