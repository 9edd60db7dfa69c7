/**
 * Names src/before_paint.ts in the HTML as a script that the browser runs before
 * it goes on. Of a script in index.html Vite makes a module, and those run when
 * the page has been painted.
 */

import type { HtmlTagDescriptor, Plugin } from "vite";

const SOURCE = "src/before_paint.ts";

export function beforePaint(): Plugin {
  let isBuild = true;
  return {
    name: "kolabpad-before-paint",
    configResolved: ({ command }) => void (isBuild = command === "build"),
    buildStart() {
      if (isBuild) this.emitFile({ type: "chunk", id: SOURCE, name: "before_paint" });
    },
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle }) {
        if (!bundle) return [script({ type: "module", src: `./${SOURCE}` })];
        const chunk = Object.values(bundle).find((it) => it.type === "chunk" && it.facadeModuleId?.endsWith(SOURCE));
        if (chunk?.type !== "chunk" || /\b(im|ex)port\b/.test(chunk.code)) throw new Error(`${SOURCE} is no plain script`);
        return [script({ src: `./${chunk.fileName}` })];
      },
    },
  };
}

function script(attrs: HtmlTagDescriptor["attrs"]): HtmlTagDescriptor {
  return { tag: "script", attrs, injectTo: "head-prepend" };
}
