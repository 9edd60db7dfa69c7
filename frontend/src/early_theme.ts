/**
 * Puts the chosen theme in force before anything is painted: the first script of
 * the page, and the only one that the browser waits for (build/early_theme.ts).
 * It imports nothing, so that it stays a few lines; main.tsx follows the settings
 * from there on. The system's own theme needs no script.
 */

// A block, since the names of a plain script would be everybody's.
{
  const asked = new URLSearchParams(location.search).get("theme");
  let kept: { theme?: unknown } | null = null;
  try {
    kept = JSON.parse(localStorage.getItem("kolabpad.settings") ?? "null");
  } catch {
    // No storage, or nonsense in it.
  }
  const theme = [asked, kept?.theme].find((it) => it === "light" || it === "dark");
  if (typeof theme === "string") document.documentElement.dataset.theme = theme;
}
