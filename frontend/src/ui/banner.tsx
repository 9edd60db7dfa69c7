import type { ComponentChildren } from "preact";

/** Bad news above the text, with the ways out. */
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
