/**
 * CodeMirror puts its styles into the page through style-mod, which makes a
 * <style> element in a document and uses adopted sheets only in shadow roots.
 * Our content security policy allows no inline styles, so it is made to use
 * adopted sheets everywhere.
 */

import type { Plugin } from "vite";
import { amend } from "./amend.ts";

export function adoptStyles(): Plugin {
  return amend("style_mod", /[\\/]style-mod[\\/]/, [
    {
      before: "if (!root.head && root.adoptedStyleSheets && win.CSSStyleSheet) {",
      after: "if (root.adoptedStyleSheets && win.CSSStyleSheet) {",
    },
  ]);
}
