/**
 * What makes the page one that can be installed and opened without a network: the manifest, its icons, and the service
 * worker (src/worker), which is told which files belong to this build.
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { HtmlTagDescriptor, Plugin, Rolldown } from "vite";
import { drawIcon, readDrawing } from "./icons.ts";

type Bundle = Rolldown.OutputBundle;

const ICON = "public/favicon.svg";
const MANIFEST = "manifest.webmanifest";
const WORKER = "src/worker/service_worker.ts";
/** The worker's name never changes: that is how browsers find a newer one. */
const WORKER_FILE = "sw.js";
/** Stands in the worker for the files of the build. */
const BUILD = "KOLABPAD_BUILD";

/** Of the icon's own ground, and of the page's in light and dark (style/colours.css). */
const COLOURS = { icon: "#24457a", light: "#f4f5f7", dark: "#1c2027" };

/** Code that the page loads when it is wanted and that is too large to be kept for everybody. The worker keeps it once it
 * was used. */
const LARGE = ["src/preview/formulas.ts"];

export function installable(): Plugin {
  let icons: Icons | null = null;
  return {
    name: "kolabpad-installable",
    apply: "build",
    enforce: "post",
    buildStart() {
      this.emitFile({ type: "chunk", id: WORKER, fileName: WORKER_FILE });
      icons = emitIcons((name, source) => this.emitFile({ type: "asset", name, source }));
    },
    transformIndexHtml: { order: "post", handler: (_, { bundle }) => (bundle ? tags(bundle) : []) },
    generateBundle(_, bundle) {
      const file = (reference: string) => `./${this.getFileName(reference)}`;
      this.emitFile({ type: "asset", fileName: MANIFEST, source: manifest(icons!, file) });
      tellWorker(bundle);
    },
  };
}

/* ---- manifest and icons ---- */

interface Icons {
  small: string;
  large: string;
  maskable: string;
  touch: string;
}

function emitIcons(emit: (name: string, source: Uint8Array) => string): Icons {
  const drawing = readDrawing(readFileSync(ICON, "utf8"));
  const icon = (name: string, pixels: number, isFull: boolean) => emit(`${name}.png`, drawIcon(drawing, pixels, isFull));
  return {
    small: icon("icon_192", 192, false),
    large: icon("icon_512", 512, false),
    maskable: icon("icon_maskable", 512, true),
    touch: icon("icon_touch", 180, true),
  };
}

function manifest({ small, large, maskable }: Icons, file: (reference: string) => string): string {
  const icon = (reference: string, pixels: number, purpose: string) => ({
    src: file(reference),
    sizes: `${pixels}x${pixels}`,
    type: "image/png",
    purpose,
  });
  return JSON.stringify({
    name: "Kolabpad",
    short_name: "Kolabpad",
    description: "A shared text pad: open a link, type, everyone sees it.",
    // Relative to this file, so that the page can be installed from below any path.
    start_url: "./",
    scope: "./",
    display: "standalone",
    background_color: COLOURS.light,
    theme_color: COLOURS.icon,
    icons: [icon(small, 192, "any"), icon(large, 512, "any"), icon(maskable, 512, "maskable")],
  });
}

function tags(bundle: Bundle): HtmlTagDescriptor[] {
  const touch = Object.values(bundle).find((it) => it.type === "asset" && it.names.includes("icon_touch.png"));
  if (!touch) throw new Error("no icon for the screens of phones: see build/installable.ts");
  const tag = (name: string, attrs: Record<string, string>) => ({ tag: name, attrs, injectTo: "head" }) as const;
  const theme = (scheme: "light" | "dark") =>
    tag("meta", { name: "theme-color", content: COLOURS[scheme], media: `(prefers-color-scheme: ${scheme})` });
  return [
    tag("link", { rel: "manifest", href: `./${MANIFEST}` }),
    tag("link", { rel: "apple-touch-icon", href: `./${touch.fileName}` }),
    theme("light"),
    theme("dark"),
  ];
}

/* ---- the service worker ---- */

function tellWorker(bundle: Bundle): void {
  const worker = bundle[WORKER_FILE];
  if (worker?.type !== "chunk" || worker.imports.length > 0) throw new Error(`${WORKER} must import nothing: see build/installable.ts`);
  if (/\b(?:im|ex)port\b/.test(worker.code)) throw new Error(`${WORKER} is no plain script`);
  const files = [...filesOf(bundle), MANIFEST, "favicon.svg"].sort();
  const html = bundle["index.html"];
  if (html?.type !== "asset") throw new Error("no index.html to keep: see build/installable.ts");
  const entry = Object.values(bundle).find((it) => it.type === "chunk" && it.isEntry && it.facadeModuleId?.endsWith("index.html"));
  if (!entry) throw new Error("no entry to know index.html by: see build/installable.ts");
  const version = createHash("sha256").update([html.source, ...files].join("\n")).digest("hex").slice(0, 12);
  const told = JSON.stringify({ version, entry: entry.fileName, files });
  if (!worker.code.includes(BUILD)) throw new Error(`no ${BUILD} in ${WORKER}`);
  worker.code = worker.code.replace(BUILD, () => told);
}

/** The page's own chunks with the styles of each, and what they import. The languages and Vim are other people's code that
 * is loaded when it is wanted, and most of it never is. */
function filesOf(bundle: Bundle): Set<string> {
  const files = new Set<string>();
  const add = (name: string) => {
    const chunk = bundle[name];
    if (files.has(name) || chunk?.type !== "chunk") return;
    files.add(name);
    for (const imported of chunk.imports) add(imported);
    for (const style of chunk.viteMetadata?.importedCss ?? []) files.add(style);
  };
  for (const chunk of Object.values(bundle)) {
    if (chunk.type === "chunk" && chunk.fileName !== WORKER_FILE && isOwn(chunk)) add(chunk.fileName);
  }
  return files;
}

function isOwn({ facadeModuleId, isEntry }: Rolldown.OutputChunk): boolean {
  if (isEntry) return true;
  if (!facadeModuleId || /node_modules/.test(facadeModuleId)) return false;
  return !LARGE.some((path) => facadeModuleId.endsWith(path));
}
