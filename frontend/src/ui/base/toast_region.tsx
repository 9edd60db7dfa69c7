import { createContext } from "preact";
import { useContext, useRef } from "preact/hooks";
import { t } from "../../strings";
import { Icon } from "./icon";
import type { Toasts } from "./toasts";
import { Words } from "./words";

/** The toasts of the page around. */
export const ToastsContext = createContext<Toasts | null>(null);

/** The place where toasts are seen and heard. Under a modal dialog they are neither, so
 * each dialog has a region like the page's own, and the topmost speaks. */
export function ToastRegion({ isTopmost }: { isTopmost: boolean }) {
  const toasts = useContext(ToastsContext);
  const region = useRef<HTMLDivElement>(null);
  const cameFrom = useRef<EventTarget | null>(null);
  if (!toasts) return null;
  const enter = ({ relatedTarget }: FocusEvent) => {
    if (!region.current!.contains(relatedTarget as Node | null)) cameFrom.current = relatedTarget;
  };
  // The button goes with its line: the keyboard goes on at the next, or where it was.
  const dismiss = (key: number, { currentTarget }: { currentTarget: EventTarget }) => {
    const next = [...region.current!.querySelectorAll("button")].find((it) => it !== currentTarget);
    (next ?? (cameFrom.current as HTMLElement | null))?.focus();
    toasts.dismiss(key);
  };
  return (
    <>
      <div ref={region} class="toasts" role="status" onFocusIn={enter}>
        {isTopmost &&
          toasts.shown.value.map(({ key, text, action }) => (
            <div key={key} class="toast">
              <span>{text}</span>
              {action && (
                <button
                  type="button"
                  class="quiet action"
                  onClick={(event) => {
                    dismiss(key, event);
                    action.run();
                  }}
                >
                  {action.label}
                </button>
              )}
              <button type="button" class="quiet icon-button" aria-label={t.notice.dismiss} onClick={(event) => dismiss(key, event)}>
                <Icon name="close" />
              </button>
            </div>
          ))}
      </div>
      <div class="visually-hidden" role="status">
        {isTopmost && <Words text={toasts.spoken.value} />}
      </div>
    </>
  );
}
