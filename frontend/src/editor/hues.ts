/**
 * People's colours as classes: `hue-217` sets --hue for an element, and the
 * style sheet makes a colour of it. The page allows no inline styles, so the
 * rules are added to an adopted sheet, one for each hue that is met.
 */

const sheet = new CSSStyleSheet();
const known = new Set<number>();

/** The class of that hue, 0 to 359; any other number counts as 0. */
export function hueClass(hue: number): string {
  const valid = Number.isInteger(hue) && hue >= 0 && hue < 360 ? hue : 0;
  if (known.size === 0) document.adoptedStyleSheets.push(sheet);
  if (!known.has(valid)) {
    sheet.insertRule(`.hue-${valid} { --hue: ${valid} }`);
    known.add(valid);
  }
  return `hue-${valid}`;
}
