/**
 * Puts the chosen theme and the reader's language in force before anything is painted: the first script of the page,
 * and the only one that the browser waits for (build/before_paint.ts). What index.html says is shown in that language,
 * and without its header in a pad that is part of another page. It imports nothing, so that it stays a few lines;
 * main.tsx goes on from there. The system's own theme needs no script.
 */

// A block, since the names of a plain script would be everybody's.
{
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search);
  let kept: { theme?: unknown; locale?: unknown } | null = null;
  try {
    kept = JSON.parse(localStorage.getItem("kolabpad.settings") ?? "null");
  } catch {
    // No storage, or nonsense in it.
  }
  const theme = [asked.get("theme"), kept?.theme].find((it) => it === "light" || it === "dark");
  if (typeof theme === "string") root.dataset.theme = theme;
  const wanted = [asked.get("lang"), kept?.locale, ...navigator.languages];
  root.lang = wanted.map((tag) => String(tag).split("-")[0]!.toLowerCase()).find((it) => it === "en" || it === "de") ?? "en";
  root.toggleAttribute("data-embed", asked.has("embed") && asked.get("embed") !== "0");
}
