/** Fails when a file of src imports what its folder may not: the layers of the
 * page, as a table, and those inside a folder that has folders of its own. Circles
 * among files are the linter's (import/no-cycle); among folders there can be none,
 * since each imports only folders above it here. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import process from "node:process";

/** From the bottom to the top: each folder, and those that it may import. With
 * "type " before its name, a folder is imported for its types alone. */
const LAYERS = {
  clock: [],
  kernel: [],
  wire: [],
  strings: [],
  preview: [],
  sync: ["kernel"],
  transport: ["clock"],
  browser: ["clock", "type sync"],
  session: ["clock", "kernel", "wire", "sync", "transport", "browser"],
  sharing: ["kernel", "browser", "session"],
  past: ["kernel", "session", "sharing"],
  comments: ["browser", "session", "sharing"],
  editor: ["kernel", "browser", "session", "type past"],
  ui: ["strings", "preview", "browser", "session", "sharing", "past", "comments", "editor"],
};
/** The same for the folders inside a folder. Their files are imported directly; those beside the folders may import
 * from all of them, and are imported by none. */
const INSIDE = {
  ui: {
    base: [],
    pad: ["base"],
    text: ["base", "pad"],
    past: ["base", "pad"],
    preview: ["base", "pad"],
    comments: ["base", "pad"],
    actions: ["base", "pad", "text", "preview", "comments"],
    palette: ["base", "pad", "actions"],
    dialogs: ["base", "pad", "text", "palette", "actions"],
    panels: ["base", "pad", "text", "past", "comments", "actions", "dialogs"],
    frame: ["base", "pad", "text", "preview", "comments", "actions", "dialogs", "panels"],
  },
};
/** A folder's second index: of what is not needed before the first letter is typed, and would be loaded with the first one. */
const BEHIND = "behind";
/** For tests only: it may import all, and only it and tests may import it. */
const TESTING = "testing";

const IMPORT = /\b(?:import|export)\b(\s+type\b)?[^;"']*?\bfrom\s*"([^"]+)"|\bimport\s*\(?\s*"([^"]+)"/g;

/** Every import of a file: the module, and whether it is for types alone. */
function importsOf(code) {
  return [...code.matchAll(IMPORT)].map(([, type, from, bare]) => ({ module: from ?? bare, isType: type !== undefined }));
}

/** The reason for which the file at that path, below src, may not have that import; null when it may. */
function problemOf(path, { module, isType }) {
  if (!module.startsWith(".")) return null;
  const [folder, file] = folderOf(path);
  const [other, target] = folderOf(posix.join(dirname(path), module));
  if (other === folder) return problemInside(folder, file, target);
  if (other === null) return "nobody imports what starts the page";
  if (other === TESTING) return "tests alone import testing";
  if (folder === null) return null; // what starts the page takes what it needs, and no more of it
  if (file === null || (target !== null && target !== BEHIND)) return "a folder is imported through its index, or its behind";
  const allowed = LAYERS[folder];
  if (!allowed) return `build/layers.js does not know the folder ${folder}`;
  if (allowed.includes(other) || (isType && allowed.includes(`type ${other}`))) return null;
  return `${folder} may import ${allowed.join(", ") || "no other folder"}`;
}

/** The same for two files of one folder, given as paths in it. */
function problemInside(folder, file, target) {
  const layers = INSIDE[folder];
  if (!layers || target === null || /\.css\b/.test(target)) return null;
  const [from, to] = [file, target].map((it) => (it.includes("/") ? it.split("/")[0] : null));
  if (from === to || from === null) return null;
  if (to === null) return `no folder in ${folder} imports what lies beside it`;
  const allowed = layers[from];
  if (!allowed || !layers[to]) return `build/layers.js does not know the folder ${folder}/${layers[from] ? to : from}`;
  return allowed.includes(to) ? null : `${folder}/${from} may import ${allowed.join(", ") || "no other folder"}`;
}

/** The first folder of a path and the rest of it; null where there is none. */
function folderOf(path) {
  const [first, ...rest] = path.split("/");
  const isFile = rest.length === 0 && (/\.\w+$/.test(first) || !(first in LAYERS || first === TESTING));
  return isFile ? [null, first] : [first, rest.join("/") || null];
}

const problems = [];
for (const layers of [LAYERS, ...Object.values(INSIDE)]) {
  const below = new Set();
  for (const [folder, allowed] of Object.entries(layers)) {
    const above = allowed.filter((it) => !below.has(it.replace("type ", "")));
    if (above.length > 0) problems.push(`build/layers.js: ${folder} stands before ${above.join(", ")}`);
    below.add(folder);
  }
}
let count = 0;
for (const entry of readdirSync("src", { recursive: true })) {
  const path = entry.replaceAll("\\", "/");
  if (!/\.tsx?$/.test(path) || /\.test\.tsx?$/.test(path) || path.startsWith(`${TESTING}/`)) continue;
  for (const imported of importsOf(readFileSync(join("src", path), "utf8"))) {
    const problem = problemOf(path, imported);
    if (problem) problems.push(`src/${path}: "${imported.module}": ${problem}`);
  }
  count += 1;
}
if (count === 0) throw new Error("layers: no sources found in src");
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);
