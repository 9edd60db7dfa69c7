/**
 * Keeps decorations of what matches an expression where they belong.
 *
 * CodeMirror 6.43 leaves those of invisible characters where they were when the text changes out of
 * view only: they stood for other characters, and ended in an exception, and the editor with it,
 * where one of those was the end of a line.
 */

import type { Plugin } from "vite";
import { amend } from "./amend.ts";

export function mapMatches(): Plugin {
  return amend("matches", /[\\/]@codemirror[\\/]view[\\/]dist[\\/]index\.js$/, [
    {
      before: "changeFrom, changeTo);\n        return deco;",
      after: "changeFrom, changeTo);\n        return deco.map(update.changes);",
    },
  ]);
}
