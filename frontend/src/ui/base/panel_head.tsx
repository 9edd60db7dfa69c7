import type { RefObject } from "preact";
import { t } from "../../strings";
import { Icon } from "./icon";

interface Props {
  heading: string;
  /** What names something by the heading says this. */
  id?: string;
  /** Gives the keyboard to the heading, for what is read from its top. */
  headingRef?: RefObject<HTMLHeadingElement | null>;
  /** In a dialog that is read from its top: the dialog gives the keyboard to the heading. */
  isFirst?: boolean;
  onClose: () => void;
}

/** The head of what is open beside the text or over it: what it is, and the way out. */
export function PanelHead({ heading, id, headingRef, isFirst = false, onClose }: Props) {
  return (
    <div class="panel-head">
      <h2 ref={headingRef} id={id} tabIndex={headingRef || isFirst ? -1 : undefined} autofocus={isFirst}>
        {heading}
      </h2>
      <button type="button" class="quiet icon-button" aria-label={t.close} onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}
