/**
 * CodeMirror puts its styles into the page through style-mod, which makes a
 * <style> element in a document and uses adopted sheets only in shadow roots.
 * Our content security policy allows no inline styles, so it is made to use
 * adopted sheets everywhere. The build fails when the line to change is gone.
 */

import type { Plugin } from "vite";

const BEFORE = "if (!root.head && root.adoptedStyleSheets && win.CSSStyleSheet) {";
const AFTER = "if (root.adoptedStyleSheets && win.CSSStyleSheet) {";

export function adoptStyles(): Plugin {
  let isDone = false;
  return {
    name: "kolabpad-adopt-styles",
    enforce: "pre",
    apply: "build",
    transform(code, id) {
      if (!/[\\/]style-mod[\\/]/.test(id)) return null;
      if (code.split(BEFORE).length !== 2) this.error("style-mod has changed: see build/style_mod.ts");
      isDone = true;
      return { code: code.replace(BEFORE, AFTER), map: null };
    },
    buildEnd(error) {
      if (!error && !isDone) this.error("style-mod is not in the bundle: see build/style_mod.ts");
    },
  };
}
