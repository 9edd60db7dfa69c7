import { createContext } from "preact";
import { useContext, useLayoutEffect, useRef } from "preact/hooks";
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
  const hadFocus = hasFocus(region.current);
  // A toast goes with its button: the keyboard goes on at the next, or where it was.
  useLayoutEffect(() => {
    if (hadFocus && !hasFocus(region.current)) (region.current!.querySelector("button") ?? (cameFrom.current as HTMLElement | null))?.focus();
  });
  if (!toasts) return null;
  const enter = ({ relatedTarget }: FocusEvent) => {
    if (relatedTarget && !region.current!.contains(relatedTarget as Node)) cameFrom.current = relatedTarget;
  };
  const left = () => toasts.left();
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- only looks whether somebody is at them */}
      <div ref={region} class="toasts" role="status" onFocusIn={enter} onFocusOut={left} onMouseLeave={left}>
        {isTopmost &&
          toasts.shown.value.map(({ key, text, action }) => (
            <div key={key} class="toast">
              <span>{text}</span>
              {action && (
                <button
                  type="button"
                  class="quiet action"
                  onClick={() => {
                    toasts.dismiss(key);
                    action.run();
                  }}
                >
                  {action.label}
                </button>
              )}
              <button type="button" class="quiet icon-button" aria-label={t.notice.dismiss} onClick={() => toasts.dismiss(key)}>
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

function hasFocus(region: HTMLElement | null): boolean {
  return region !== null && region.contains(document.activeElement);
}
