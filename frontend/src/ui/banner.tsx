import type { ComponentChildren } from "preact";

/** Tells of trouble above the text, with the ways out as `children`. */
export function Banner({ heading, text, children }: { heading: string; text: string; children: ComponentChildren }) {
  return (
    <div class="banner" role="alert">
      <div>
        <strong>{heading}</strong>
        <p>{text}</p>
      </div>
      <div class="row">{children}</div>
    </div>
  );
}
