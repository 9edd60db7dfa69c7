import { NAME_POINTS_MAX } from "../../session";

/** The text of a field for a name, cut where a name ends: maxLength would count UTF-16 units, of which
 * an emoji has two or more. What an input method is at work on is left alone. */
export function limitedName(field: HTMLInputElement, isComposing: boolean): string {
  const points = [...field.value];
  if (points.length > NAME_POINTS_MAX && !isComposing) field.value = points.slice(0, NAME_POINTS_MAX).join("");
  return field.value;
}
