/**
 * Names in the HTML the modules that start.ts asks for: otherwise the browser
 * learns of each only from the one before it, a round trip each time. They wait
 * for the style sheet: what is painted first needs nothing of them.
 */

import type { HtmlTagDescriptor, Plugin, Rolldown } from "vite";

type Bundle = Rolldown.OutputBundle;

export function preloadModules(): Plugin {
  return {
    name: "kolabpad-preload",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle, chunk: entry }) {
        if (!bundle || !entry) throw new Error("no entry to preload for: see build/preload.ts");
        const files = new Set<string>([entry.fileName]);
        for (const file of entry.dynamicImports) gather(file, bundle, files);
        files.delete(entry.fileName);
        if (files.size === 0) throw new Error(`${entry.fileName} asks for nothing: see build/preload.ts`);
        return [...files].map(link);
      },
    },
  };
}

/** A chunk and what it imports statically. */
function gather(file: string, bundle: Bundle, files: Set<string>): void {
  const chunk = bundle[file];
  if (files.has(file) || chunk?.type !== "chunk") return;
  files.add(file);
  for (const imported of chunk.imports) gather(imported, bundle, files);
}

function link(file: string): HtmlTagDescriptor {
  return { tag: "link", attrs: { rel: "modulepreload", fetchpriority: "low", crossorigin: true, href: `./${file}` }, injectTo: "head" };
}
