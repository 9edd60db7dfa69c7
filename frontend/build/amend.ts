/**
 * Replaces lines of a package that the page needs otherwise, while it is
 * built. The build fails when one of them is gone, so a new version of the
 * package is looked at before it is used.
 */

import type { Plugin } from "vite";

export interface Amendment {
  before: string;
  after: string;
}

/** `where`: the modules to look into; every amendment must be found once. */
export function amend(what: string, where: RegExp, amendments: readonly Amendment[]): Plugin {
  let isDone = false;
  return {
    name: `kolabpad-${what}`,
    enforce: "pre",
    apply: "build",
    transform(code, id) {
      if (!where.test(id)) return null;
      for (const { before, after } of amendments) {
        if (code.split(before).length !== 2) this.error(`${id} has changed: see build/${what}.ts`);
        code = code.replace(before, after);
      }
      isDone = true;
      return { code, map: null };
    },
    buildEnd(error) {
      if (!error && !isDone) this.error(`nothing to amend in the bundle: see build/${what}.ts`);
    },
  };
}
