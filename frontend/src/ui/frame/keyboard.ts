/** The keyboard on the screen, where the browser lays it over the page: its height is --keyboard, which the style sheet
 * leaves free. Other browsers make the page smaller themselves. */

/** Keeps it up to date; the function that it returns ends that. */
export function watchKeyboard(): () => void {
  const viewport = window.visualViewport;
  if (!viewport) return () => {};
  const { style } = document.documentElement;
  const measure = () => {
    // Of a page that is magnified a part is seen, too.
    const covered = Math.abs(viewport.scale - 1) > 0.01 ? 0 : innerHeight - viewport.height;
    style.setProperty("--keyboard", `${Math.max(0, Math.round(covered))}px`);
    if (covered > 0 && viewport.offsetTop > 0) scrollTo(0, 0);
  };
  viewport.addEventListener("resize", measure);
  viewport.addEventListener("scroll", measure);
  measure();
  return () => {
    viewport.removeEventListener("resize", measure);
    viewport.removeEventListener("scroll", measure);
    style.removeProperty("--keyboard");
  };
}
