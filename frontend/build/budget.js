/** Fails when the first visit to a pad would load more than the budget: index.html,
 * its scripts and styles and everything they import at once. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const BUDGET_KIB = 150;

const html = readFileSync("dist/index.html", "utf8");
const files = new Set();
for (const [, path] of html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)) add(path);

/** A chunk and what it imports statically. */
function add(path) {
  if (files.has(path)) return;
  files.add(path);
  if (!path.endsWith(".js")) return;
  const code = readFileSync(join("dist", path), "utf8");
  for (const [, name] of code.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) add(`assets/${name}`);
}

if (files.size === 0) throw new Error("budget: no scripts found in dist/index.html");
files.add("index.html");
let total = 0;
for (const path of files) {
  const file = join("dist", path);
  const { size: bytes } = statSync(existsSync(`${file}.br`) ? `${file}.br` : file); // the smallest are not compressed
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(8)} KiB  ${path}`);
}
console.log(`${(total / 1024).toFixed(1).padStart(8)} KiB  first load, brotli (budget ${BUDGET_KIB})`);
if (total > BUDGET_KIB * 1024) {
  console.error("The first load is over its budget.");
  process.exit(1);
}
