/** The page's HTML loads this: a few lines that set off everything else. The
 * editor comes before the screen around it, so that no turn is a long one. */

import { bootstrap } from "./bootstrap";
import { log } from "./browser/log";
import "./ui/style/index.css";

async function start(): Promise<void> {
  const begun = bootstrap(location, document.baseURI);
  await import("./editor");
  const { main } = await import("./main");
  await main(begun, document.getElementById("app")!);
}

start().catch((error: unknown) => {
  log.error("the page could not be loaded:", error);
  // It shows by itself after some seconds; there is nothing to wait for any more.
  document.getElementById("not-started")?.classList.add("now");
});
