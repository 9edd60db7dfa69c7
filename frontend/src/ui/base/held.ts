/** True while a pointer is over the element or the keyboard in it: what stands in it should stay in place. */
export function isHeld(dom: Element | null): boolean {
  return dom !== null && (dom.matches(":hover") || dom.contains(document.activeElement));
}
