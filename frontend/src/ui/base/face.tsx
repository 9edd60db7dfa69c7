import { hueClass } from "../../editor";
import { initialsOf } from "./initials";

/** A person as a round of their colour with the first letters of their name, for the eye only: a name stands beside it or is
 * the name of the button around it. */
export function Face({ name, hue }: { name: string; hue: number }) {
  return (
    <span class={`face ${hueClass(hue)}`} aria-hidden="true" data-initials={initialsOf(name)} />
  );
}
