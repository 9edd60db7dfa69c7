/**
 * Puts what the page is made of into few files: one for each turn in which start.ts loads it, and one for what comes
 * behind the editor. Left to itself, the bundler makes a file of each group of modules that other chunks want as
 * well. Those are small and many, and a browser that opens six connections at most pays a round trip for each.
 */

import { resolve } from "node:path";
import type { Plugin } from "vite";

/** Each file by the module that it begins with, in the order in which they are loaded: a module is in the first of them
 * that wants it. The name of the first is the bundler's choice, since the HTML begins with it. */
const FILES = [
  ["", "src/start.ts"],
  ["editor", "src/editor/index.ts"],
  ["main", "src/main.tsx"],
  ["behind", "src/ui/behind.ts"],
] as const;

export function gatherFirstLoad(): Plugin {
  const fileOf = new Map<string, string>();
  const groups = [{ debugName: "first load", name: (id: string) => fileOf.get(id) || null }];
  // Nothing else may take along what a file imports, which is in an earlier one perhaps.
  const codeSplitting = { includeDependenciesRecursively: false, groups };
  return {
    name: "kolabpad-first-load",
    apply: "build",
    config: () => ({ build: { rolldownOptions: { output: { codeSplitting } } } }),
    buildEnd(error) {
      if (error) return;
      fileOf.clear();
      for (const [file, source] of FILES) {
        const gather = (id: string) => {
          if (fileOf.has(id)) return;
          fileOf.set(id, file);
          const module = this.getModuleInfo(id);
          if (!module) throw new Error(`${id} is no part of the page: see build/first_load.ts`);
          module.importedIds.forEach(gather);
        };
        gather(resolve(source));
      }
    },
  };
}
