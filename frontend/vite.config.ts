import { defineConfig } from "vitest/config";
import { budgetParsing } from "./build/parse_budget.ts";
import { beforePaint } from "./build/before_paint.ts";
import { ignoreCapsLock } from "./build/caps_lock.ts";
import { boundClusters } from "./build/cluster_bounds.ts";
import { gatherFirstLoad } from "./build/first_load.ts";
import { installable } from "./build/installable.ts";
import { boundLineGaps } from "./build/line_gaps.ts";
import { mapMatches } from "./build/matches.ts";
import { preloadModules } from "./build/preload.ts";
import { adoptStyles } from "./build/style_mod.ts";
import { wasmAsString } from "./build/wasm_string.ts";

const SERVER = "http://localhost:3030";

export default defineConfig({
  // Relative, so that the page works below any path (BASE_PATH).
  base: "./",
  plugins: [adoptStyles(), budgetParsing(), boundLineGaps(), boundClusters(), ignoreCapsLock(), mapMatches(), gatherFirstLoad(), preloadModules(), beforePaint(), wasmAsString(), installable()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
  server: { proxy: { "/api": { target: SERVER, ws: true } } },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    maxWorkers: "100%", // by itself Vitest leaves a processor free: one of two
    testTimeout: 60_000, // random tests compute for seconds, and longer on a busy machine
    hookTimeout: 60_000,
  },
});
