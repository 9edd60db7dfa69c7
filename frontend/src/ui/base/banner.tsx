import type { ComponentChildren } from "preact";
import { Words } from "./words";

/** Tells of trouble above the text, with the ways out as `children`. */
export function Banner({ heading, text, children }: { heading: string; text: string; children: ComponentChildren }) {
  return (
    <div class="banner" role="alert">
      <div>
        <strong>
          <Words text={heading} />
        </strong>
        <p>
          <Words text={text} />
        </p>
      </div>
      <div class="row">{children}</div>
    </div>
  );
}
